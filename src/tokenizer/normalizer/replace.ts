import { Rewrite } from '../aligned-text.ts'
import type { Pattern } from '../pattern/pattern.ts'
import type { PatternDescription } from '../tokenizer-json/index.ts'
import type { Normalizer } from './normalizer.ts'

/** Puts `content` where a pattern matches. It has the range of the match's last character. */
export function replaceMatches(pattern: Pattern, content: string): Normalizer {
  return source => {
    const segments = pattern(source.text)
    if (!segments.some(({ isMatch }) => isMatch)) return source
    const rewrite = new Rewrite(source)
    for (const { start, end, isMatch } of segments) {
      if (!isMatch) continue
      rewrite.keep(start)
      rewrite.skipTo(end)
      rewrite.insert(content)
    }
    rewrite.keep(source.text.length)
    return rewrite.finish()
  }
}

/** One unit for another, as ' ' to '▁': nothing moves. Undefined when the replacement is not of that kind. */
export function replaceUnit(pattern: PatternDescription, content: string): Normalizer | undefined {
  if (pattern.kind !== 'String' || pattern.text.length !== 1 || content.length !== 1) return undefined
  const { text } = pattern
  return source =>
    source.text.includes(text) ? { ...source, text: source.text.replaceAll(text, content) } : source
}
