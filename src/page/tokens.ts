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
