import type { Masked } from '../mask/index.ts'
import { type TokenNames, toCells } from './cells.ts'
import { toCount, toShare, toThousands, toWeight } from './numbers.ts'
import { type ColorLevel, makePaint, type Paint } from './paint.ts'
import { drawEnds, drawRun, type Painted, type RunLayout, type RunView, toLayout } from './run-view.ts'
import { nameAnswers, type TokenBlock, type TokenRun, toBlocks } from './runs.ts'
import { toVisible } from './visible.ts'

export interface ViewOptions {
  /** Columns. */
  readonly width: number
  readonly colors: ColorLevel
  readonly names?: TokenNames
}

/**
 * The tokens of one example, for a terminal or a log: a line break wherever the reason changes, the reason in a margin, and ▌ in front of
 * every line of trained tokens, so that it can be read without colours.
 *
 * @param title what example this is: its row, its file
 */
export function toTokenView(masked: Masked, title: string, options: ViewOptions): string {
  const paint = makePaint(options.colors)
  const blocks = toBlocks(masked).map(block => ({
    block,
    runs: block.runs.map(run => toRunView(masked, run, options.names)),
  }))
  const layout = toLayout(
    blocks.flatMap(({ runs }) => runs),
    options.width,
  )
  const lines = blocks.flatMap(({ block, runs }) => [
    ...drawBlockTitle(masked, block, layout, paint),
    ...runs.flatMap(run => drawRun(run, layout, paint)),
  ])
  return [...drawTitle(masked, title, options.width, paint), ...lines].join('\n')
}

function toRunView(masked: Masked, run: TokenRun, names: TokenNames | undefined): RunView {
  return {
    gutter: [run.weight === 0 ? 'untrained' : 'trained'],
    margin: run.weight === 0 || run.weight === 1 ? run.reason : `${run.reason} ${toWeight(run.weight)}`,
    cells: toCells(masked, run, names),
    weight: run.weight,
  }
}

function drawTitle(masked: Masked, title: string, width: number, paint: Paint): string[] {
  const { weights } = masked
  const trained = countTrained(weights)
  const answers = nameAnswers(masked)
  const counts = [
    toCount(weights.length, 'token'),
    `${toThousands(trained)} trained (${toShare(trained, weights.length)})`,
    ...(answers === '' ? [] : [answers]),
  ].join(', ')
  return drawEnds({ text: title, paint: paint.bold }, { text: counts, paint: paint.bold }, SPACES, width)
}

function drawBlockTitle(masked: Masked, block: TokenBlock, { width }: RunLayout, paint: Paint): string[] {
  // A row without messages is one block, and its title says all.
  if (masked.roles.length === 0) return []
  const counts = `${toThousands(block.trained)} of ${toThousands(block.tokens)} trained`
  const name = { text: nameBlock(masked.roles, block), paint: paint.bold }
  return drawEnds(name, { text: counts, paint: paint.dim }, { text: '─', paint: paint.dim }, width)
}

export const SPACES: Painted = { text: ' ', paint: text => text }

export function countTrained(weights: Float32Array): number {
  return weights.reduce((sum, weight) => sum + (weight === 0 ? 0 : 1), 0)
}

/** `2 assistant` */
export function nameBlock(roles: readonly string[], { message, isContinued }: TokenBlock): string {
  if (message === undefined) return '– outside the messages'
  const name = `${message} ${toVisible(roles[message] ?? 'unknown')}`
  return isContinued ? `${name}, continued` : name
}
