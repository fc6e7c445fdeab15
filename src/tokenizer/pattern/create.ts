import { translateRegex } from '../regex/index.ts'
import type { PatternDescription } from '../tokenizer-json/index.ts'
import { matchRegExp, type Pattern } from './pattern.ts'

/** @throws Untranslatable */
export function createPattern(description: PatternDescription): Pattern {
  if (description.kind === 'Regex') return matchRegExp(translateRegex(description.source))
  return matchRegExp(new RegExp(description.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'gu'))
}
