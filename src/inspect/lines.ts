import stringWidth from 'string-width'

/** Something to draw in one piece: what is measured, and what is written. */
export interface Span {
  readonly text: string
  readonly paint: (text: string) => string
  /** Go to a new line after it. */
  readonly endsLine: boolean
}

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  return /^[\x20-\x7e·⏎⇥⋯─│▌]*$/.test(text) ? text.length : stringWidth(text)
}

/**
 * Fills lines of at most `width` columns. A separator stands between two spans on a line; a span goes to the next line whole, unless it
 * is longer than a line: then its further lines start with ↪.
 */
export function fillLines(
  spans: readonly Span[],
  width: number,
  separator: Span['text'],
  dim: Span['paint'],
): string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  const flush = (): void => {
    lines.push(line)
    line = ''
    used = 0
  }
  for (const span of spans) {
    const needed = widthOf(span.text)
    const gap = used === 0 ? 0 : separator.length
    if (used > 0 && used + gap + needed > width) flush()
    else if (gap > 0) {
      line += dim(separator)
      used += gap
    }
    const parts = needed > width ? cutToWidth(span.text, width) : [span.text]
    for (const [p, part] of parts.entries()) {
      if (p > 0) {
        flush()
        line = dim(CONTINUED)
        used = 1
      }
      line += span.paint(part)
      used += widthOf(part)
    }
    if (span.endsLine) flush()
  }
  if (used > 0) flush()
  return lines
}

const CONTINUED = '↪'

/** Cuts between graphemes; all parts but the first leave a column for the sign of going on. */
function cutToWidth(text: string, width: number): string[] {
  const parts: string[] = []
  let part = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const columns = widthOf(segment)
    const room = parts.length === 0 ? width : width - 1
    if (used > 0 && used + columns > room) {
      parts.push(part)
      part = ''
      used = 0
    }
    part += segment
    used += columns
  }
  return [...parts, part]
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Pads to a number of columns; longer text stays as it is. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

export function padLeftTo(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text
}

/** Words in lines of at most `width` columns; a word that is longer has a line of its own. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** A paragraph in lines of at most `width` columns. */
export function wrapText(text: string, width: number): string {
  return wrapWords(text, width).join('\n')
}
