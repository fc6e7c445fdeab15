import { type Finding, type Masked, REASONS } from '../mask/index.ts'
import { toCells } from './cells.ts'
import { type ExampleJson, toExampleJson } from './json.ts'
import { wrapWords } from './lines.ts'
import { toCount, toShare, toThousands, toWeight } from './numbers.ts'
import { makePaint, type Paint } from './paint.ts'
import { drawEnds, drawRun, type RunView, TRAINED_MARK, toLayout } from './run-view.ts'
import { nameAnswers, type TokenRun, toBlocks } from './runs.ts'
import { countTrained, nameBlock, SPACES, type ViewOptions } from './terminal.ts'

/** The same tokens under two strategies. */
export interface Comparison {
  readonly names: readonly [string, string]
  readonly masks: readonly [Masked, Masked]
}

/** Tokens by who trains them. */
export interface DifferenceCounts {
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly both: number
  /** Trained by both, with different weights. */
  readonly otherWeight: number
  readonly neither: number
}

/** @throws RangeError where the two masks are not of the same tokens */
export function countDifferences({ masks: [first, second] }: Comparison): DifferenceCounts {
  if (!isSameTokens(first, second)) throw new RangeError('masks of different tokens can’t be compared')
  const counts = { onlyFirst: 0, onlySecond: 0, both: 0, otherWeight: 0, neither: 0 }
  for (let t = 0; t < first.weights.length; t++) {
    const [a, b] = [first.weights[t]!, second.weights[t]!]
    if (a === 0 && b === 0) counts.neither++
    else if (b === 0) counts.onlyFirst++
    else if (a === 0) counts.onlySecond++
    else {
      counts.both++
      if (a !== b) counts.otherWeight++
    }
  }
  return counts
}

/** Whether two masks are of the same text in the same tokens, and can be compared token by token. */
export function isSameTokens(first: Masked, second: Masked): boolean {
  const [a, b] = [first.encoded, second.encoded]
  return a.text === b.text && a.ids.length === b.ids.length && a.ids.every((id, t) => id === b.ids[t])
}

/** Tokens that differ: trained in one of the masks alone, or with another weight. */
export function toDifferent({ onlyFirst, onlySecond, otherWeight }: DifferenceCounts): number {
  return onlyFirst + onlySecond + otherWeight
}

/**
 * Two masks side by side: two marks in front of every line, the first strategy's and the second's, and ≠ where they differ. The margin has
 * both reasons.
 */
export function toCompareView(comparison: Comparison, title: string, options: ViewOptions): string {
  const paint = makePaint(options.colors)
  const [first] = comparison.masks
  const blocks = toCompareBlocks(comparison, options)
  const layout = toLayout(
    blocks.flatMap(({ runs }) => runs),
    options.width,
  )
  const lines = blocks.flatMap(({ name, different, runs }) => [
    ...(first.roles.length === 0 ? [] : drawBlockTitle(name, different, options.width, paint)),
    ...runs.flatMap(run => drawRun(run, layout, paint)),
  ])
  return [...drawTitle(comparison, title, options.width, paint), ...lines].join('\n')
}

interface CompareBlock {
  readonly name: string
  readonly different: number
  readonly runs: readonly RunView[]
}

function toCompareBlocks({ masks: [first, second] }: Comparison, options: ViewOptions): CompareBlock[] {
  return toBlocks(first).map(block => {
    const runs = block.runs.flatMap(run => splitBySecond(run, second))
    return {
      name: nameBlock(first.roles, block),
      different: runs.reduce((sum, run) => sum + countDifferent(run, first, second), 0),
      runs: runs.map(run => toRunView(run, first, second, options)),
    }
  })
}

/** A run of the first mask in runs that are one in the second mask too. */
function splitBySecond(run: TokenRun, { weights, reasons }: Masked): TokenRun[] {
  const runs: TokenRun[] = []
  let firstToken = run.firstToken
  for (let t = firstToken + 1; t <= run.endToken; t++) {
    const isSame =
      t < run.endToken && weights[t] === weights[firstToken] && reasons[t] === reasons[firstToken]
    if (isSame) continue
    runs.push({ ...run, firstToken, endToken: t })
    firstToken = t
  }
  return runs
}

function countDifferent(run: TokenRun, first: Masked, second: Masked): number {
  const isDifferent = first.weights[run.firstToken] !== second.weights[run.firstToken]
  return isDifferent ? run.endToken - run.firstToken : 0
}

function toRunView(run: TokenRun, first: Masked, second: Masked, { names }: ViewOptions): RunView {
  const weights = [first, second].map(({ weights }) => weights[run.firstToken]!)
  const [a, b] = [first, second].map(mask => describe(mask, run.firstToken))
  return {
    gutter: weights.map(weight => (weight === 0 ? 'untrained' : 'trained')),
    isDifferent: weights[0] !== weights[1],
    margin: a === b ? a! : `${a} | ${b}`,
    cells: toCells(first, run, names),
    weight: Math.max(...weights),
  }
}

function describe({ weights, reasons }: Masked, t: number): string {
  const weight = weights[t]!
  const reason = REASONS[reasons[t]!]!
  return weight === 0 || weight === 1 ? reason : `${reason} ${toWeight(weight)}`
}

function drawTitle(comparison: Comparison, title: string, width: number, paint: Paint): string[] {
  const { names, masks } = comparison
  const counts = countDifferences(comparison)
  const total = masks[0].weights.length
  const different = toDifferent(counts)
  const sides = names.flatMap((name, side) => {
    const mask = masks[side]!
    const trained = `${name}: ${toThousands(countTrained(mask.weights))} trained (${toShare(countTrained(mask.weights), total)})`
    const alone = `${toThousands(side === 0 ? counts.onlyFirst : counts.onlySecond)} only here`
    const answers = nameAnswers(mask)
    const text = [trained, alone, ...(answers === '' ? [] : [answers])].join(', ')
    const mark = side === 0 ? `${paint.trainedMark(TRAINED_MARK)}  ` : ` ${paint.trainedMark(TRAINED_MARK)} `
    return wrapWords(text, width - 3).map((line, l) => (l === 0 ? mark : '   ') + line)
  })
  const summary = `${toCount(total, 'token')}, ${toThousands(different)} different`
  return [
    ...drawEnds({ text: title, paint: paint.bold }, { text: summary, paint: paint.bold }, SPACES, width),
    ...sides,
  ]
}

function drawBlockTitle(name: string, different: number, width: number, paint: Paint): string[] {
  const counts = different === 0 ? 'same' : `${toThousands(different)} different`
  return drawEnds(
    { text: name, paint: paint.bold },
    { text: counts, paint: different === 0 ? paint.dim : paint.warn },
    { text: '─', paint: paint.dim },
    width,
  )
}

/** One comparison as a line of JSON: the example under the first strategy's name and the second's, and the counts. */
export interface ComparisonJson {
  readonly row: number
  readonly turn?: number
  readonly text: string
  readonly input_ids: readonly number[]
  readonly offsets: ExampleJson['offsets']
  readonly messages: ExampleJson['messages']
  readonly sources: readonly string[]
  /** In the order asked for. */
  readonly strategies: readonly (Pick<ExampleJson, 'labels' | 'weights' | 'reasons' | 'warnings'> & {
    readonly strategy: string
    readonly trained: number
  })[]
  /** Indexes of the tokens whose weights differ. */
  readonly different: readonly number[]
}

/** @param findings what was found about the row before it was masked */
export function toComparisonJson(
  { names, masks }: Comparison,
  row: number,
  findings: readonly Finding[] = [],
): ComparisonJson {
  const [first, second] = masks.map(mask => toExampleJson(mask, row, findings))
  const { labels: _, weights: __, reasons: ___, warnings: ____, ...same } = first!
  return {
    ...same,
    strategies: [first!, second!].map(({ labels, weights, reasons, warnings }, side) => {
      const trained = countTrained(masks[side]!.weights)
      return { strategy: names[side]!, trained, labels, weights, reasons, warnings }
    }),
    different: Array.from(masks[0].weights.keys()).filter(t => masks[0].weights[t] !== masks[1].weights[t]),
  }
}
