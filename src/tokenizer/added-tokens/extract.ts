import { type AlignedText, sliceAligned } from '../aligned-text.ts'
import type { Normalizer } from '../normalizer/index.ts'
import { crateSet, isWhiteSpace } from '../unicode/index.ts'
import type { AddedEntry, AddedVocabulary } from './added-vocabulary.ts'
import { Trie } from './trie.ts'

/** A stretch of text: an added token, or what lies between two of them, normalized. */
export interface Stretch {
  readonly text: AlignedText
  /** Of an added token. */
  readonly id: number | undefined
}

const isWord = crateSet('addedTokenWord')

/** Finds the added tokens of a text: first those that are searched in the text as it is, then, in what is left, the normalized ones. */
export function createExtractor(
  vocabulary: AddedVocabulary,
  normalizer: Normalizer | undefined,
): (source: AlignedText) => Stretch[] {
  const entries = [...vocabulary.byId.values()]
  const findRaw = createFinder(entries.filter(({ token }) => !token.normalized))
  const findNormalized = createFinder(entries.filter(({ token }) => token.normalized))
  return source =>
    findRaw(source).flatMap(stretch => {
      if (stretch.id !== undefined) return stretch
      return findNormalized(normalizer === undefined ? stretch.text : normalizer(stretch.text))
    })
}

function createFinder(entries: readonly AddedEntry[]): (source: AlignedText) => Stretch[] {
  const trie = new Trie(entries.map(({ pattern, id }) => [pattern, id]))
  const tokens = new Map(entries.map(({ id, token }) => [id, token]))
  return source => {
    const { text } = source
    const stretches: Stretch[] = []
    const add = (start: number, end: number, id: number | undefined) => {
      if (start < end) stretches.push({ text: sliceAligned(source, start, end), id })
    }
    let previous = 0
    for (const { start, end, id } of trie.findAll(text)) {
      const token = tokens.get(id)!
      if (token.singleWord && (isWordBefore(text, start) || isWordAt(text, end))) continue
      const from = token.lstrip ? Math.max(skipSpacesBefore(text, start), previous) : start
      const to = token.rstrip ? skipSpaces(text, end) : end
      add(previous, from, undefined)
      add(from, to, id)
      previous = to
    }
    add(previous, text.length, undefined)
    return stretches
  }
}

function isWordAt(text: string, unit: number): boolean {
  return unit < text.length && isWord(text.codePointAt(unit)!)
}

function isWordBefore(text: string, unit: number): boolean {
  if (unit === 0) return false
  const low = text.charCodeAt(unit - 1)
  const isPair = (low & 0xfc00) === 0xdc00 && unit > 1
  return isWord(isPair ? text.codePointAt(unit - 2)! : low)
}

function skipSpaces(text: string, start: number): number {
  let unit = start
  while (unit < text.length && isWhiteSpace(text.charCodeAt(unit))) unit++
  return unit
}

function skipSpacesBefore(text: string, end: number): number {
  let unit = end
  while (unit > 0 && isWhiteSpace(text.charCodeAt(unit - 1))) unit--
  return unit
}
