import { toThousands } from '../../page/index.ts'
import {
  countDifference,
  type Difference,
  type RowDetail,
  type TemplateChoice,
  type ViewBlock,
  type ViewExample,
  type ViewMask,
  type ViewSettings,
} from '../../view/index.ts'
import type { Place } from './address.ts'

/** What is drawn of an example from top to bottom: its tokens under one mask, or under two laid over each other. */
export interface Column {
  readonly side: 0 | 1
  readonly example: ViewExample
  /** The first colours the tokens. */
  readonly masks: readonly ViewMask[]
  /** By token, 1: the other side has it not, or with another weight. Undefined where nothing is compared. */
  readonly different: Uint8Array | undefined
}

/** An example as it is laid out. */
export interface Layout {
  /** Among all of the row. */
  readonly index: number
  readonly columns: readonly Column[]
  /** For each token of the first side its counterpart on the second; undefined: the same. */
  readonly counterparts: readonly number[] | undefined
  readonly difference: Difference | undefined
}

/** The examples of a row in columns: one, or one for each side. */
export function toLayouts(detail: RowDetail, isSideBySide: boolean): Layout[] {
  const { examples, other, firstExample } = detail
  const count = Math.max(examples.length, other?.examples.length ?? 0)
  return Array.from({ length: count }, (_, e) => {
    const index = firstExample + e
    if (other !== undefined) return layTemplates(index, examples[e], other.examples[e], other.counterparts[e])
    const example = examples[e]!
    const [first, second] = example.masks
    if (first === undefined || second === undefined)
      return {
        ...{ index, counterparts: undefined, difference: undefined },
        columns: [{ side: 0, example, masks: example.masks, different: undefined }],
      }
    const tokens = example.ids.length
    const difference = countDifference({ ...first, tokens }, { ...second, tokens }, undefined)
    const different = markOtherwise(first, second, tokens)
    const columns: Column[] = isSideBySide
      ? [
          { side: 0, example, masks: [first], different },
          { side: 1, example, masks: [second], different },
        ]
      : [{ side: 0, example, masks: example.masks, different }]
    return { index, columns, counterparts: undefined, difference }
  })
}

function layTemplates(
  index: number,
  first: ViewExample | undefined,
  second: ViewExample | undefined,
  given: readonly number[] | undefined,
): Layout {
  const only = first ?? second
  // Beside a side that has nothing, nothing is framed: its error says why.
  if (only !== undefined && (first === undefined || second === undefined)) {
    const side = first === undefined ? 1 : 0
    const columns: Column[] = [{ side, example: only, masks: only.masks, different: undefined }]
    return { index, columns, counterparts: undefined, difference: undefined }
  }
  const counterparts = given ?? []
  const [a, b] = [first?.masks[0], second?.masks[0]]
  const toSide = (example: ViewExample | undefined, mask: ViewMask | undefined) => ({
    tokens: example?.ids.length ?? 0,
    runs: mask?.runs ?? [],
  })
  const difference = countDifference(toSide(first, a), toSide(second, b), counterparts)
  const [weights, others] = [toWeights(a, first), toWeights(b, second)]
  const firstDifferent = new Uint8Array(weights.length).fill(1)
  const secondDifferent = new Uint8Array(others.length).fill(1)
  for (const [t, other] of counterparts.entries()) {
    if (other === -1 || weights[t] !== others[other]) continue
    firstDifferent[t] = 0
    secondDifferent[other] = 0
  }
  const columns: Column[] = []
  if (first) columns.push({ side: 0, example: first, masks: first.masks, different: firstDifferent })
  if (second) columns.push({ side: 1, example: second, masks: second.masks, different: secondDifferent })
  return { index, columns, counterparts, difference }
}

function markOtherwise(first: ViewMask, second: ViewMask, tokens: number): Uint8Array {
  const [weights, others] = [first, second].map(({ runs }) => fillWeights(runs, tokens))
  return Uint8Array.from(weights!, (weight, t) => (weight === others![t] ? 0 : 1))
}

function toWeights(mask: ViewMask | undefined, example: ViewExample | undefined): Float32Array {
  return fillWeights(mask?.runs ?? [], example?.ids.length ?? 0)
}

function fillWeights(runs: ViewMask['runs'], tokens: number): Float32Array {
  const weights = new Float32Array(tokens)
  for (const { startToken, endToken, weight } of runs) weights.fill(weight, startToken, endToken)
  return weights
}

/** Blocks of one message beside each other; where the other side has none, its place is empty. */
export function zipBlocks(columns: readonly Column[]): (ViewBlock | undefined)[][] {
  const [first, second] = columns.map(({ example }) => example.blocks)
  if (first === undefined || second === undefined) return (first ?? []).map(block => [block])
  const [keys, others] = [toKeys(first), toKeys(second)]
  const zipped: (ViewBlock | undefined)[][] = []
  let [f, s] = [0, 0]
  while (f < first.length || s < second.length) {
    const isSame = f < first.length && s < second.length && keys[f] === others[s]
    const isFirst = isSame || s === second.length || (f < first.length && others.indexOf(keys[f]!, s) === -1)
    zipped.push([isFirst ? first[f++] : undefined, isSame || !isFirst ? second[s++] : undefined])
  }
  return zipped
}

function toKeys(blocks: readonly ViewBlock[]): string[] {
  const parts = new Map<number, number>()
  return blocks.map(({ message }) => {
    const part = parts.get(message) ?? 0
    parts.set(message, part + 1)
    return `${message}/${part}`
  })
}

/** How many tokens of a block are different. */
export function countIn(different: Uint8Array | undefined, { firstToken, endToken }: ViewBlock): number {
  if (different === undefined) return 0
  let count = 0
  for (let t = firstToken; t < endToken; t++) count += different[t]!
  return count
}

/** A token's counterpart on the other side, in the windows; undefined: it has none. */
export function findCounterpart({ counterparts }: Layout, side: number, token: number): number | undefined {
  if (counterparts === undefined) return token
  const found = side === 0 ? (counterparts[token] ?? -1) : counterparts.indexOf(token)
  return found === -1 ? undefined : found
}

/** Whether the place is among what is there of its row. */
export function holdsPlace(detail: RowDetail, { example, side, token = 0 }: Place): boolean {
  const e = example - detail.firstExample
  const shown = side === 1 && detail.other !== undefined ? detail.other.examples[e] : detail.examples[e]
  // An example that the row has not is not worth asking for again.
  if (shown === undefined) return e >= 0 && example >= detail.exampleCount
  return isInWindow(shown, token) || token >= shown.tokenCount
}

export function isInWindow({ firstToken, ids }: ViewExample, token: number): boolean {
  return token >= firstToken && token < firstToken + ids.length
}

/** `4 only on the left, 5 only on the right, 4 trained otherwise`; of the same tokens `4 different` */
export function nameDifference({ onlyFirst, onlySecond, otherwise }: Difference): string {
  if (onlyFirst === 0 && onlySecond === 0) return `${toThousands(otherwise)} different`
  const parts = [
    [onlyFirst, 'only on the left'],
    [onlySecond, 'only on the right'],
    [otherwise, 'trained otherwise'],
  ] as const
  const named = parts.filter(([count]) => count > 0)
  return named.map(([count, what]) => `${toThousands(count)} ${what}`).join(', ')
}

/** What each side is called: what it has of its own. */
export function nameSides(settings: ViewSettings): readonly [string, string] {
  const { mask, template, other } = settings
  const first = mask.strategy ?? 'default mask'
  if (other?.template === undefined) return [first, other?.strategy ?? first]
  const [a, b] = [nameTemplate(template), nameTemplate(other.template)]
  if (other.strategy === undefined) return [a, b]
  return [`${first}, ${a}`, `${other.strategy}, ${b}`]
}

function nameTemplate(choice: TemplateChoice): string {
  return choice.kind === 'model' ? 'the model’s template' : choice.name
}
