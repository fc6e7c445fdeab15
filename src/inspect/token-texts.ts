import { REST_OF_CHARACTER } from './cells.ts'
import { fillLines, type Span } from './lines.ts'
import type { Paint } from './paint.ts'
import { TOKEN_SEPARATOR } from './run-view.ts'
import { toVisible } from './visible.ts'

/** A token without the text round it. */
export interface TokenText {
  /** Empty for further bytes of the character before. */
  readonly text: string
  readonly isSpecial: boolean
}

interface TokenTextOptions {
  /** Columns of a line. */
  readonly width: number
  readonly isTrained: boolean
  /** Else it is only text in handy pieces, and nothing is drawn between two. */
  readonly areTokens: boolean
  readonly paint: Paint
}

/**
 * Tokens in lines, as the views of masks draw them: white space visible, a sign between two.
 */
export function drawTokenTexts(
  tokens: readonly TokenText[],
  { width, isTrained, areTokens, paint }: TokenTextOptions,
): string[] {
  const spans = tokens.map(({ text, isSpecial }, t): Span => {
    const trained = (shown: string): string => paint.trained(shown, 1, areTokens && t % 2 === 1)
    const fill = isTrained ? trained : (shown: string): string => shown
    return {
      text: text === '' ? REST_OF_CHARACTER : toVisible(text),
      endsLine: false,
      paint: isSpecial ? shown => (isTrained ? paint.bold(fill(shown)) : paint.special(shown)) : fill,
    }
  })
  return fillLines(spans, width, areTokens ? TOKEN_SEPARATOR : '', paint.dim)
}

/** A text in lines, white space visible; a word that is longer than a line is cut. */
export function drawText(text: string, width: number, paint: Paint): string[] {
  return fillLines(
    toWords(text, shown => shown),
    width,
    '',
    paint.dim,
  )
}

/** A text with a part of it in brackets, in lines: white space visible, what stands round the part dimmed. */
export function drawMarked(
  { before, marked, after }: { readonly before: string; readonly marked: string; readonly after: string },
  width: number,
  paint: Paint,
): string[] {
  const spans = [
    ...toWords(before, paint.dim),
    ...toWords(`⟦${marked}⟧`, paint.bold),
    ...toWords(after, paint.dim),
  ]
  return fillLines(spans, width, '', paint.dim)
}

/** Each word has the white space behind it, and a special token begins one. */
function toWords(text: string, paint: Span['paint']): Span[] {
  const words = toVisible(text).match(/<[^<·⏎]*[·⏎]*|[^<·⏎]+[·⏎]*|[·⏎]+/g) ?? []
  return words.map(word => ({ text: word, endsLine: false, paint }))
}
