import type { Cell } from './cells.ts'
import { fillLines, padTo, type Span, widthOf, wrapWords } from './lines.ts'
import type { Paint } from './paint.ts'

/** Marks in the gutter, a margin that says why, and tokens: one run as it is drawn. */
export interface RunView {
  /** One sign for each mask that is shown. */
  readonly gutter: readonly RunMark[]
  /** Two masks are shown, and they disagree. */
  readonly isDifferent?: boolean
  readonly margin: string
  readonly cells: readonly Cell[]
  /** Loss weight that the tokens are drawn with; 0 is not trained. */
  readonly weight: number
}

export type RunMark = 'trained' | 'untrained'

export const TRAINED_MARK = '▌'
/** Between two tokens on a line. */
export const TOKEN_SEPARATOR = '│'

/** Where things stand: the width of the margin, and whether it has lines of its own because there is no room beside the tokens. */
export interface RunLayout {
  readonly width: number
  readonly marginWidth: number
  readonly isNarrow: boolean
}

/** Columns that tokens need beside the margin. */
const LEAST_TOKEN_WIDTH = 36

export function toLayout(runs: readonly RunView[], width: number): RunLayout {
  const marginWidth = runs.reduce((width, run) => Math.max(width, widthOf(run.margin)), 0)
  return { width, marginWidth, isNarrow: width - marginWidth < LEAST_TOKEN_WIDTH }
}

/** The lines of one run. Each has the gutter's marks, so that a line alone tells whether its tokens are trained. */
export function drawRun(run: RunView, { width, marginWidth, isNarrow }: RunLayout, paint: Paint): string[] {
  const gutter = drawGutter(run, paint)
  const gutterWidth = run.gutter.length + (run.isDifferent === undefined ? 1 : 3)
  const indent = isNarrow ? 2 : marginWidth + 2
  const lines = fillLines(
    toSpans(run, paint),
    Math.max(8, width - gutterWidth - indent),
    TOKEN_SEPARATOR,
    paint.dim,
  )
  const paintMargin = run.weight === 0 ? paint.dim : paint.bold
  if (isNarrow) {
    const margin = wrapWords(run.margin, width - gutterWidth).map(line => gutter + paintMargin(line))
    return [...margin, ...lines.map(line => `${gutter}  ${line}`)]
  }
  return lines.map((line, l) => gutter + paintMargin(padTo(l === 0 ? run.margin : '', indent)) + line)
}

function drawGutter({ gutter, isDifferent }: RunView, paint: Paint): string {
  const marks = gutter.map(mark => (mark === 'trained' ? paint.trainedMark(TRAINED_MARK) : ' ')).join('')
  if (isDifferent === undefined) return `${marks} `
  return `${marks} ${isDifferent ? paint.warn('≠') : ' '} `
}

function toSpans(run: RunView, paint: Paint): Span[] {
  let tokens = 0
  return run.cells.map(cell => {
    const isOdd = tokens % 2 === 1
    if (cell.kind !== 'dropped') tokens++
    return { text: cell.text, endsLine: cell.endsLine, paint: toCellPaint(run, cell, isOdd, paint) }
  })
}

function toCellPaint(run: RunView, { kind }: Cell, isOdd: boolean, paint: Paint): Span['paint'] {
  if (kind === 'dropped') return paint.dim
  if (run.weight !== 0) {
    const fill: Span['paint'] = text => paint.trained(text, run.weight, isOdd)
    return kind === 'special' ? text => paint.bold(fill(text)) : fill
  }
  if (kind === 'special' || kind === 'added') return paint.special
  return text => text
}

/** A text and how it is drawn. */
export type Painted = Pick<Span, 'text' | 'paint'>

/** A line with one text at each end and a fill between; the right one gets a line of its own where there is no room. */
export function drawEnds(left: Painted, right: Painted, fill: Painted, width: number): string[] {
  const gap = width - widthOf(left.text) - widthOf(right.text) - 2
  if (gap < 1) {
    return [left, right].flatMap(({ text, paint }) => wrapWords(text, width).map(paint))
  }
  return [`${left.paint(left.text)} ${fill.paint(fill.text.repeat(gap))} ${right.paint(right.text)}`]
}
