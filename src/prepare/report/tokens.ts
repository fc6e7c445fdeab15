import type { Masked } from '../../mask/index.ts'
import { escapeHtml } from './html.ts'

/** The tokens of a row: each in a span, those that are trained in the one hue and underlined; copied text is the row's own. */
export function toTokensHtml(masked: Masked): string {
  const { encoded, weights } = masked
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

/** White space is shown by CSS, beside the character itself. */
function toVisibleHtml(text: string): string {
  return escapeHtml(text).replace(/^ | $/g, '<i class="sp"> </i>').replaceAll('\n', '<i class="nl">\n</i>')
}
