import { IGNORE_INDEX } from '../mask/index.ts'
import type { Piece, TruncationInput } from './piece.ts'

/**
 * Splits an example where a question follows a trained answer, into as few pieces as that allows, filled from the start. No token is lost.
 *
 * What lies between two such places and is too long itself is cut every `maxLength` tokens, counted back from its end: there stands the
 * answer, which so has as much before it as there can be.
 *
 * A piece begins with a question: what the template writes before the first message (BOS, tools) and a system message are in the first alone.
 */
export function splitTurns(example: TruncationInput, maxLength: number): Piece[] {
  const { length } = example.encoded.starts
  const pieces: Piece[] = []
  let start: Seam = { token: 0, contextTokens: 0 }
  let end = start
  const close = (next: Seam) => {
    if (end.token > start.token) pieces.push(...toPieces(start, end.token, maxLength))
    start = end
    end = next
  }
  for (const seam of [...findSeams(example), { token: length, contextTokens: 0 }]) {
    if (seam.token - start.token + start.contextTokens <= maxLength) end = seam
    else close(seam)
  }
  close(end)
  return pieces
}

type Turn = TruncationInput['rendered']['turns'][number]

/** Where an example may be split: before this token. */
interface Seam {
  readonly token: number
  /** The tokens before it that end the answer before and open the turn after. */
  readonly contextTokens: number
}

/** One piece, or where it is too long for one, several of which the last are full. */
function toPieces({ token, contextTokens }: Seam, endToken: number, maxLength: number): Piece[] {
  const startToken = token - contextTokens
  if (endToken - startToken <= maxLength) return [{ startToken, endToken, contextTokens }]
  const pieces: Piece[] = []
  for (let end = endToken; end > token; end -= maxLength) {
    const start = Math.max(end - maxLength, startToken)
    pieces.unshift({ startToken: start, endToken: end, contextTokens: Math.max(token - start, 0) })
  }
  return pieces
}

/** The starts of turns that hold no answer themselves and follow one that does. Where every turn is trained, none needs another: all starts. */
function findSeams(example: TruncationInput): Seam[] {
  const { turns } = example.rendered
  const trained = findTrainedMessages(example)
  const needsQuestion = turns.some(({ message }) => !trained.has(message))
  const seams: Seam[] = []
  for (const [i, turn] of turns.entries()) {
    const before = turns[i - 1]
    if (before === undefined || !trained.has(before.message)) continue
    if (!needsQuestion || !trained.has(turn.message)) seams.push(toSeam(example, turn))
  }
  return seams
}

function findTrainedMessages({ labels, messages }: TruncationInput): Set<number> {
  const trained = new Set<number>()
  for (let t = 0; t < labels.length; t++) if (labels[t] !== IGNORE_INDEX) trained.add(messages[t]!)
  return trained
}

/** A token at a turn's start that is trained for another message ends the answer before (GLM's `<|user|>`). */
function toSeam({ labels, messages, encoded }: TruncationInput, { message, startChar }: Turn): Seam {
  const first = findFirstToken(encoded.starts, startChar)
  let token = first
  while (token < labels.length && labels[token] !== IGNORE_INDEX && messages[token] !== message) token++
  return { token, contextTokens: token - first }
}

/** The first token that starts at a character or behind it. */
function findFirstToken(starts: Int32Array, startChar: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (starts[middle]! < startChar) low = middle + 1
    else high = middle
  }
  return low
}
