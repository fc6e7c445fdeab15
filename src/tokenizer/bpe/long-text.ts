import type { FastEncoder } from './fast/encoder.ts'
import type { EngineTokens } from './fast/engine.ts'

/** UTF-16 units of a part, about. The engine's memory, ten times as much and more, is never given back. */
const PART_UNITS = 2 ** 22
/** How far back a place for a cut is looked for. */
const WINDOW_UNITS = 2 ** 18

/** Where a text may be cut, and how. */
export interface Cuts {
  /** Whether it may be cut in front of a unit: its two parts have the tokens that the whole has there. */
  readonly isCut: (text: string, at: number) => boolean
  /** A space is put before each text, Llama 2’s kind: a part leaves out the one that it begins with. */
  readonly leavesSpace: boolean
}

/**
 * Where texts may be cut for an encoder: before a space between two ASCII letters, where all that it knows begin a word and no merge joins; and, where it
 * knows words, between a line’s only end and a letter. Undefined where there is no such place: an added token may lie across it, or, where something is
 * put before what follows one, beside it.
 *
 * @param addedTokens what is looked for in the text before all else
 */
export function findCuts({ tables }: FastEncoder, addedTokens: Iterable<string>): Cuts | undefined {
  const { scan, crossings } = tables
  const leavesSpace = scan.prepend === 'always'
  const obstacle = leavesSpace ? /^[a-z]|[a-z] [a-z]|[a-z]$|\n\p{L}/u : /[a-z] [a-z]|\n\p{L}/u
  for (const token of addedTokens) if (obstacle.test(token)) return undefined
  if (crossings === undefined)
    return { isCut: (text, at) => isBeforeSpace(text, at) || isAfterLine(text, at), leavesSpace }
  const { ascii } = crossings
  const isCut = (text: string, at: number): boolean =>
    isBeforeSpace(text, at) && (scan.splitBeforeSpace || ascii[text.charCodeAt(at - 1) * 128 + SPACE] === 0)
  return { isCut, leavesSpace }
}

const SPACE = 0x20
const NEWLINE = 0x0a

function isBeforeSpace(text: string, at: number): boolean {
  return (
    text.charCodeAt(at) === SPACE &&
    isSmallLetter(text.charCodeAt(at - 1)) &&
    isSmallLetter(text.charCodeAt(at + 1))
  )
}

function isSmallLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a
}

function isAfterLine(text: string, at: number): boolean {
  return text.charCodeAt(at - 1) === NEWLINE && /^\S\n\p{L}$/u.test(text.slice(at - 2, at + 1))
}

/**
 * The tokens of a text, however long, that {@link FastEncoder.encode} would give: encoded in parts where it is longer than one.
 *
 * @returns undefined where a part has something that the engine leaves to the general path
 */
export function encodeLong(
  fast: Pick<FastEncoder, 'encode'>,
  text: string,
  cuts: Cuts | undefined,
  partUnits: number = PART_UNITS,
): EngineTokens | undefined {
  if (text.length <= partUnits || cuts === undefined) return fast.encode(text)
  const parts: Part[] = []
  for (let start = 0; start < text.length; ) {
    const end = findEnd(text, start, cuts, partUnits)
    const startChar = start > 0 && cuts.leavesSpace ? start + 1 : start
    const tokens = fast.encode(text.slice(startChar, end))
    if (tokens === undefined) return undefined
    if (startChar > start) giveSpace(tokens)
    parts.push({ tokens, startChar })
    start = end
  }
  return join(parts)
}

interface Part {
  readonly tokens: EngineTokens
  readonly startChar: number
}

/**
 * The space that was put before a part stands for the one in front of it, and is given its range: alone, where another token begins at the first letter,
 * or as the beginning of that letter’s token.
 */
function giveSpace({ ids, starts, ends }: EngineTokens): void {
  let t = 0
  for (; t + 1 < ids.length && starts[t + 1] === 0; t++) {
    starts[t] = -1
    ends[t] = 0
  }
  if (t === 0) starts[0] = -1
}

function findEnd(text: string, start: number, { isCut }: Cuts, partUnits: number): number {
  const wanted = start + partUnits
  if (wanted >= text.length) return text.length
  const least = Math.max(start + 1, wanted - WINDOW_UNITS)
  for (let at = wanted; at >= least; at--) if (isCut(text, at)) return at
  for (let at = wanted + 1; at < text.length; at++) if (isCut(text, at)) return at
  return text.length
}

function join(parts: readonly Part[]): EngineTokens {
  const count = parts.reduce((sum, { tokens }) => sum + tokens.ids.length, 0)
  const joined = { ids: new Int32Array(count), starts: new Int32Array(count), ends: new Int32Array(count) }
  let t = 0
  for (const { tokens, startChar } of parts) {
    joined.ids.set(tokens.ids, t)
    for (let i = 0; i < tokens.ids.length; i++, t++) {
      joined.starts[t] = tokens.starts[i]! + startChar
      joined.ends[t] = tokens.ends[i]! + startChar
    }
  }
  return joined
}
