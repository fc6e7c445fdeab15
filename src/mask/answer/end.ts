import type { Rendered } from '../../template/index.ts'
import type { Encoded } from '../../tokenizer/index.ts'
import type { MaskInput } from '../mask-input.ts'
import { findTokenAt, firstAtLeast } from '../tokens/token-search.ts'
import type { AnswerEnd, TurnText } from './answer.ts'
import { NOBODY } from './owners.ts'
import { findPiece } from './turn-text.ts'

/** Finds where what the model has to write ends: with what stops it, which is the template's, never the message's. */
export function findAnswerEnd(
  input: MaskInput,
  owners: Int32Array,
  turn: TurnText,
  startChar: number,
): AnswerEnd {
  const { encoded, rendered, context } = input
  const from = Math.max(turn.ownEndChar ?? startChar, startChar)
  const isTemplates = (t: number): boolean => isWrittenByTemplate(rendered, owners, encoded, t)
  // An added token may have taken the white space in front of it along.
  let t = findTokenAt(encoded, from)
  let marker = -1
  for (; t < encoded.ids.length && encoded.starts[t]! < turn.endChar; t++) {
    if (encoded.ends[t]! <= encoded.starts[t]! || !isTemplates(t)) continue
    if (context.stopIds.has(encoded.ids[t]!)) return toEnd(encoded, t, 'stop')
    if (context.tokenizer.isSpecial(encoded.ids[t]!)) marker = t
  }
  if (t < encoded.ids.length && context.stopIds.has(encoded.ids[t]!) && isTemplates(t))
    return toEnd(encoded, t, 'next-turn')
  if (marker !== -1) return toEnd(encoded, marker, 'marker')
  const literal = rendered.text.slice(from, turn.endChar).trimEnd()
  if (literal !== '') return { endChar: from + literal.length, eotStartChar: from, by: 'marker' }
  return { endChar: from, eotStartChar: from, by: 'content' }
}

function toEnd(encoded: Encoded, t: number, by: AnswerEnd['by']): AnswerEnd {
  return { endChar: encoded.ends[t]!, eotStartChar: encoded.starts[t]!, by }
}

/** White space that a token takes along at its sides (`lstrip`, `rstrip`) may be anyone's. */
function isWrittenByTemplate(rendered: Rendered, owners: Int32Array, encoded: Encoded, t: number): boolean {
  const token = rendered.text.slice(encoded.starts[t]!, encoded.ends[t]!)
  const word = token.trim() === '' ? token : token.trim()
  const startChar = encoded.starts[t]! + token.indexOf(word)
  const endChar = startChar + word.length
  let p = findPiece(rendered, startChar + 1) - 1
  for (; p < owners.length && rendered.pieces[p]!.startChar < endChar; p++) {
    if (owners[p] !== NOBODY) return false
  }
  return true
}

/**
 * Stop tokens among a message's own characters: they end nothing here, and would end generation. Token indexes.
 *
 * @param stops all stop tokens of the text
 */
export function findStopsInContent(
  { encoded, rendered }: MaskInput,
  owners: Int32Array,
  { turn, stops }: { turn: TurnText; stops: readonly number[] },
): number[] {
  if (turn.ownStartChar === undefined || turn.ownEndChar === undefined) return []
  const found: number[] = []
  for (let s = firstAtLeast(stops, findTokenAt(encoded, turn.ownStartChar)); s < stops.length; s++) {
    const t = stops[s]!
    if (encoded.starts[t]! >= turn.ownEndChar) break
    if (!isWrittenByTemplate(rendered, owners, encoded, t)) found.push(t)
  }
  return found
}
