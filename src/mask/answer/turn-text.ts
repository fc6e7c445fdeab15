import type { Rendered } from '../../template/index.ts'
import type { TurnText } from './answer.ts'
import { NOBODY } from './owners.ts'

/** Where message m is written, or undefined when the template wrote nothing for it. */
export function findTurnText(rendered: Rendered, owners: Int32Array, m: number): TurnText | undefined {
  const range = findRange(rendered, owners, m)
  return range === undefined ? undefined : cutAtOthers(rendered, owners, m, range)
}

interface PieceRange {
  readonly startChar: number
  readonly endChar: number
  /** [firstPiece, endPiece) */
  readonly firstPiece: number
  readonly endPiece: number
}

function findRange(rendered: Rendered, owners: Int32Array, m: number): PieceRange | undefined {
  let found: PieceRange | undefined
  for (const turn of rendered.turns) {
    if (turn.message !== m) continue
    const range = toPieceRange(rendered, turn.startChar, turn.endChar)
    // A template may loop twice, once to look and once to write: the loop that wrote the message's own characters is the one.
    if (found === undefined || hasOwner(owners, range, m)) found = range
  }
  return found ?? findRangeOutsideLoop(rendered, owners, m)
}

/** The message has no iteration of its own: what lies round its own characters, between the turns, or inside the turn that wrote them. */
function findRangeOutsideLoop(rendered: Rendered, owners: Int32Array, m: number): PieceRange | undefined {
  const own = owners.indexOf(m)
  if (own === -1) return undefined
  const at = rendered.pieces[own]!.startChar
  let startChar = 0
  let endChar = rendered.text.length
  for (const turn of rendered.turns) {
    if (turn.startChar <= at && at < turn.endChar) return toPieceRange(rendered, turn.startChar, turn.endChar)
    if (turn.endChar <= at) startChar = turn.endChar
    if (turn.startChar > at) {
      endChar = turn.startChar
      break
    }
  }
  return toPieceRange(rendered, startChar, endChar)
}

function cutAtOthers(rendered: Rendered, owners: Int32Array, m: number, range: PieceRange): TurnText {
  const { pieces } = rendered
  let startChar = range.startChar
  let firstOwn = -1
  let p = range.firstPiece
  for (; p < range.endPiece; p++) {
    if (owners[p] === m) {
      firstOwn = p
      break
    }
    if (owners[p] !== NOBODY && hasOwner(owners, { ...range, firstPiece: p }, m))
      startChar = pieces[p]!.endChar
    else if (owners[p] !== NOBODY) break
  }
  let lastOwn = firstOwn
  for (; p < range.endPiece && (owners[p] === NOBODY || owners[p] === m); p++)
    if (owners[p] === m) lastOwn = p
  const isCut = p < range.endPiece
  let strayChars = 0
  for (let q = p; q < range.endPiece; q++)
    if (owners[q] === m) strayChars += pieces[q]!.endChar - pieces[q]!.startChar
  if (isCut) lastOwn = skipQuotes(rendered, owners, m, firstOwn, lastOwn)
  return {
    message: m,
    startChar,
    endChar: isCut ? pieces[p]!.startChar : range.endChar,
    ownStartChar: firstOwn === -1 ? undefined : pieces[firstOwn]!.startChar,
    ownEndChar: lastOwn === -1 ? undefined : pieces[lastOwn]!.endChar,
    isIteration: rendered.turns.some(turn => turn.message === m),
    strayChars,
  }
}

/**
 * In front of another message's text the template may quote what the message has already said (Gemma 4 repeats a call's name in the head
 * of its result): own characters that are written a second time there are the head of the other text, not a part of the answer.
 */
function skipQuotes(
  rendered: Rendered,
  owners: Int32Array,
  m: number,
  firstOwn: number,
  lastOwn: number,
): number {
  const isQuote = (q: number): boolean => {
    const { source, sourceChar } = rendered.pieces[q]!
    if (source.kind !== 'message' || sourceChar === undefined) return false
    for (let p = firstOwn; p < q; p++) {
      const earlier = rendered.pieces[p]!
      if (owners[p] !== m || earlier.source.kind !== 'message' || earlier.sourceChar !== sourceChar) continue
      if (earlier.source.path === source.path) return true
    }
    return false
  }
  let last = lastOwn
  while (last > firstOwn && (owners[last] !== m || isQuote(last))) last--
  return last
}

function toPieceRange(rendered: Rendered, startChar: number, endChar: number): PieceRange {
  const firstPiece = findPiece(rendered, startChar)
  return { startChar, endChar, firstPiece, endPiece: Math.max(firstPiece, findPiece(rendered, endChar)) }
}

/** The first piece that starts at `char` or later. */
export function findPiece(rendered: Rendered, char: number): number {
  let low = 0
  let high = rendered.pieces.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rendered.pieces[middle]!.startChar < char) low = middle + 1
    else high = middle
  }
  return low
}

function hasOwner(owners: Int32Array, range: PieceRange, m: number): boolean {
  for (let p = range.firstPiece; p < range.endPiece; p++) if (owners[p] === m) return true
  return false
}
