import type { FastEncoder } from './fast/encoder.ts'
import type { EngineTokens } from './fast/engine.ts'

/** UTF-16 units of a part, about. The engine's memory, ten times as much and more, is never given back. */
const PART_UNITS = 2 ** 22
/** How far back a place for a cut is looked for. */
const WINDOW_UNITS = 2 ** 18

/** Whether a text may be cut in front of a unit: its two parts have the tokens that the whole has there. */
export type IsCut = (text: string, at: number) => boolean

/**
 * Where texts may be cut for an encoder: before a space between two ASCII letters, where all that it knows begin a word and no merge joins; and, where it
 * knows words, between a line’s only end and a letter. Undefined where there is no such place: an added token may lie across it, or
 * something is put before each text.
 *
 * @param addedTokens what is looked for in the text before all else
 */
export function findCuts({ tables }: FastEncoder, addedTokens: Iterable<string>): IsCut | undefined {
  const { scan, crossings } = tables
  if (scan.prepend === 'always') return undefined
  for (const token of addedTokens) if (/[a-z] [a-z]|\n\p{L}/u.test(token)) return undefined
  if (crossings === undefined) return (text, at) => isBeforeSpace(text, at) || isAfterLine(text, at)
  const { ascii } = crossings
  return (text, at) =>
    isBeforeSpace(text, at) && (scan.splitBeforeSpace || ascii[text.charCodeAt(at - 1) * 128 + SPACE] === 0)
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
  isCut: IsCut | undefined,
  partUnits: number = PART_UNITS,
): EngineTokens | undefined {
  if (text.length <= partUnits || isCut === undefined) return fast.encode(text)
  const parts: { readonly tokens: EngineTokens; readonly startChar: number }[] = []
  for (let start = 0; start < text.length; ) {
    const end = findEnd(text, start, isCut, partUnits)
    const tokens = fast.encode(text.slice(start, end))
    if (tokens === undefined) return undefined
    parts.push({ tokens, startChar: start })
    start = end
  }
  return join(parts)
}

function findEnd(text: string, start: number, isCut: IsCut, partUnits: number): number {
  const wanted = start + partUnits
  if (wanted >= text.length) return text.length
  const least = Math.max(start + 1, wanted - WINDOW_UNITS)
  for (let at = wanted; at >= least; at--) if (isCut(text, at)) return at
  for (let at = wanted + 1; at < text.length; at++) if (isCut(text, at)) return at
  return text.length
}

function join(parts: readonly { readonly tokens: EngineTokens; readonly startChar: number }[]): EngineTokens {
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
