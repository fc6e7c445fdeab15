import type { Masked } from '../mask/index.ts'
import { escapeHtml } from './html.ts'

/** The tokens of a row: each in a span, those that are trained in the one hue and underlined; copied text is the row's own. */
export function toTokensHtml({ encoded, weights }: Pick<Masked, 'encoded' | 'weights'>): string {
  const spans: string[] = []
  for (let t = 0; t < weights.length; ) {
    const start = encoded.starts[t]!
    const end = encoded.ends[t]!
    // Tokens that are parts of one character stand for it together.
    const ids = [encoded.ids[t]!]
    let isTrained = weights[t] !== 0
    while (++t < weights.length && encoded.starts[t] === start && encoded.ends[t] === end && end > start) {
      ids.push(encoded.ids[t]!)
      isTrained ||= weights[t] !== 0
    }
    const text = toVisibleHtml(encoded.text.slice(start, end))
    spans.push(`<span${isTrained ? ' class="y"' : ''} title="${ids.join(' ')}">${text}</span>`)
  }
  return `<pre>${spans.join('')}</pre>`
}

/** Tokens of a text, in plain lists or typed arrays. */
export interface SpanTokens {
  readonly text: string
  readonly starts: ArrayLike<number>
  readonly ends: ArrayLike<number>
}

/** How a token is drawn: its weight, and whether another mask has it otherwise. */
export interface SpanLook {
  readonly weight: number
  readonly isDifferent: boolean
}

/**
 * Tokens `[firstToken, endToken)`, each in a span that has its index (`data-t`), and characters that are in no token. Tokens that are parts
 * of one character stand for it together, under the first one's index.
 */
export function toSpansHtml(
  { text, starts, ends }: SpanTokens,
  [firstToken, endToken]: readonly [number, number],
  lookOf: (t: number) => SpanLook,
): string {
  const spans: string[] = []
  let char = firstToken === 0 ? 0 : ends[firstToken - 1]!
  for (let t = firstToken; t < endToken; t++) {
    const start = starts[t]!
    const end = ends[t]!
    if (start > char) spans.push(`<span class="gap">${toVisibleHtml(text.slice(char, start))}</span>`)
    const isRest = t > firstToken && end > start && starts[t - 1] === start && ends[t - 1] === end
    if (!isRest) {
      const isLineEnd = end > start && text[end - 1] === '\n'
      const look = toClass(lookOf(t), isLineEnd)
      spans.push(`<span data-t="${t}"${look}>${toVisibleHtml(text.slice(start, end))}</span>`)
    }
    char = Math.max(char, end)
  }
  return spans.join('')
}

/** Depth of the one hue goes with the weight, in quarters. What ends a line has no edge, which would stand on the next. */
function toClass({ weight, isDifferent }: SpanLook, isLineEnd: boolean): string {
  const depth = weight === 0 ? '' : `y w${Math.min(4, Math.max(1, Math.ceil(Math.abs(weight) * 4)))}`
  const names = [depth, isDifferent ? 'd' : '', isLineEnd ? 'e' : ''].filter(name => name !== '').join(' ')
  return names === '' ? '' : ` class="${names}"`
}

/**
 * Text in which everything that a reader would not see is an element of its own, so that CSS draws a sign beside the character and copied text
 * stays true. Being elements of their own, marks of direction act on nothing that follows.
 */
function toVisibleHtml(text: string): string {
  return text.replace(SPECIAL, char => {
    const kind = KINDS.get(char)
    if (kind !== undefined) return `<i class="${kind}">${char}</i>`
    if (MARKUP.test(char)) return escapeHtml(char)
    const code = char.codePointAt(0)!
    // Written as a number: a parser of HTML reads a bare carriage return as a line break.
    return `<i class="c" data-c="U+${code.toString(16).toUpperCase().padStart(4, '0')}">&#${code};</i>`
  })
}

const KINDS = new Map([
  [' ', 'sp'],
  ['\n', 'nl'],
  ['\t', 'tab'],
])
const MARKUP = /[&<>"']/
/** Markup, controls, format characters (joiners, marks of direction), spaces and separators. */
const SPECIAL = /[&<>"'\p{Cc}\p{Cf}\p{Z}]/gu
