import type { Masked } from '../mask/index.ts'
import type { Tokenizer } from '../tokenizer/index.ts'
import { toVisible } from './visible.ts'

/** What a view asks of a tokenizer: names for tokens that have no text of their own, and which are special. */
export type TokenNames = Pick<Tokenizer, 'idToToken' | 'isSpecial'>

/** One thing to draw: a token, or text between two tokens that the tokenizer dropped. */
export interface Cell {
  readonly kind: 'text' | 'special' | 'part' | 'added' | 'dropped'
  /** Ready to be shown: one line, nothing in it acts on a terminal. */
  readonly text: string
  /** Whether the token holds a line break: views go to a new line after it. */
  readonly endsLine: boolean
}

/** A token that holds only further bytes of a character which is already shown. */
export const REST_OF_CHARACTER = '⋯'

/** What tokens [firstToken, endToken) look like, in order. Text that the tokenizer dropped is drawn behind the token before it. */
export function toCells(
  { encoded, rendered: { text } }: Masked,
  range: { readonly firstToken: number; readonly endToken: number },
  names: TokenNames | undefined,
): Cell[] {
  const { ids, starts, ends } = encoded
  const cells: Cell[] = []
  let shownChar = lastEndBefore(encoded, range.firstToken)
  const drop = (untilChar: number): void => {
    if (untilChar <= shownChar) return
    cells.push(toDropped(text.slice(shownChar, untilChar)))
    shownChar = untilChar
  }
  if (range.firstToken === 0) drop(firstStartFrom(encoded, 0))
  else shownChar = Math.max(shownChar, firstStartFrom(encoded, range.firstToken))
  for (let t = range.firstToken; t < range.endToken; t++) {
    const startChar = starts[t]!
    const endChar = ends[t]!
    if (endChar <= startChar) {
      cells.push({ kind: 'added', text: nameToken(ids[t]!, names), endsLine: false })
      continue
    }
    // Byte-level tokens may share a character with their neighbours: it is drawn once.
    const shown = text.slice(Math.max(startChar, shownChar), endChar)
    shownChar = Math.max(shownChar, endChar)
    if (shown === '') cells.push({ kind: 'part', text: REST_OF_CHARACTER, endsLine: false })
    else {
      const kind = names?.isSpecial(ids[t]!) === true ? 'special' : 'text'
      cells.push({ kind, text: toVisible(shown), endsLine: shown.includes('\n') })
    }
    drop(firstStartFrom(encoded, t + 1))
  }
  return cells
}

/** Where the text of tokens before this one ends; what the post-processor added has an empty range at 0. */
function lastEndBefore({ ends }: Masked['encoded'], token: number): number {
  for (let t = token - 1; t >= 0; t--) if (ends[t]! > 0) return ends[t]!
  return 0
}

/** Where the text of tokens from this one on begins; the end of the text when there are none. */
function firstStartFrom({ starts, ends, text }: Masked['encoded'], token: number): number {
  for (let t = token; t < starts.length; t++) if (ends[t]! > starts[t]!) return starts[t]!
  return text.length
}

function toDropped(text: string): Cell {
  return { kind: 'dropped', text: `‹${toVisible(text)}›`, endsLine: text.includes('\n') }
}

function nameToken(id: number, names: TokenNames | undefined): string {
  return toVisible(names?.idToToken(id) ?? `#${id}`)
}
