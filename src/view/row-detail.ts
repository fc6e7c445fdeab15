import { RULES } from '../lint/index.ts'
import type { Tokenizer } from '../tokenizer/index.ts'
import { alignTokens } from './align.ts'
import type { Stretch } from './align-ids.ts'
import { toViewExample, type ViewExample, WINDOW_TOKENS, windowAt } from './example.ts'
import type { Found } from './found.ts'
import type { Looked } from './look.ts'

/** A row as it is looked at: its examples, or why there are none. */
export interface RowDetail {
  readonly row: number
  readonly where: string
  /** Those that are shown at once, from the one with this index on. */
  readonly firstExample: number
  readonly exampleCount: number
  readonly examples: readonly ViewExample[]
  /** In all of the row, also where its tokens are not among these. */
  readonly found: readonly Found[]
  /** Of the rules that have found something: what it does to a training, and what to do. */
  readonly advice: Readonly<Record<string, Advice>>
  /** Source of the template that rendered it; undefined for rows without messages. */
  readonly template: string | undefined
  /** The side of another template, where there is one. */
  readonly other: OtherDetail | undefined
  /** Compared in one rendering, though one of the strategies would make one for each answer. */
  readonly isForced: boolean
  readonly error: string | undefined
}

/** What a rule says beside its finding. */
export interface Advice {
  readonly effect: string
  readonly fix: string
}

/** A token of a row, of which there may be more than a page gets at once. */
export interface TokenPlace {
  readonly example: number
  /** 1: of the side that is compared. */
  readonly side: number
  readonly token: number
}

/** A row as another template renders it. */
export interface OtherDetail {
  readonly examples: readonly ViewExample[]
  readonly template: string | undefined
  readonly error: string | undefined
  /** By example: for each token of the first side its counterpart here; -1: there is none. */
  readonly counterparts: readonly (readonly number[])[]
}

export const NO_DETAIL: Omit<RowDetail, 'row' | 'where'> = {
  ...{ found: [], advice: {} },
  ...{ firstExample: 0, exampleCount: 0, examples: [], template: undefined, other: undefined },
  ...{ isForced: false, error: undefined },
}

interface DetailOptions {
  readonly tokenizer: Tokenizer
  readonly found: readonly Found[]
  readonly describe: (error: unknown) => string
}

/** Of a row that was looked at what a page shows at once, a certain place among it. */
export function toRowDetail(
  { masks, template, error, other, isForced }: Looked,
  place: TokenPlace,
  { tokenizer, found, describe }: DetailOptions,
): typeof NO_DETAIL {
  const lengths = masks.map(([mask]) => mask!.masked.encoded.ids.length)
  const exampleCount = Math.max(lengths.length, other?.examples.length ?? 0)
  const [firstExample, endExample] = fitExamples(lengths, place.example, exampleCount)
  const examples: ViewExample[] = []
  const others: ViewExample[] = []
  const counterparts: number[][] = []
  for (let e = firstExample; e < endExample; e++) {
    const [first, second] = [masks[e], other?.examples[e]]
    const aligned = first && second && alignTokens(first[0]!.masked, second.masked)
    const token = place.example === e ? toFirstToken(place, aligned) : 0
    const window = first && windowAt(token, lengths[e]!)
    if (first !== undefined) examples.push(toViewExample(first, tokenizer, window))
    if (second === undefined) continue
    const secondWindow = toSecondWindow(window, aligned, second.masked.encoded.ids.length)
    others.push(toViewExample([second], tokenizer, secondWindow))
    counterparts.push(cutCounterparts(aligned, window, secondWindow))
  }
  return {
    ...{ firstExample, exampleCount, examples, found, template, isForced },
    advice: toAdvice(found),
    error: error && describe(error),
    other: other && {
      ...{ examples: others, counterparts, template: other.template },
      error: other.error && describe(other.error),
    },
  }
}

function toAdvice(found: readonly Found[]): Record<string, Advice> {
  const advice: Record<string, Advice> = {}
  for (const name of new Set(found.map(({ rule }) => rule))) {
    const rule = RULES.find(known => known.name === name)
    if (rule !== undefined) advice[name] = { effect: rule.effect, fix: rule.fix }
  }
  return advice
}

/** Tokens of all examples together that a page gets at once. */
const DETAIL_TOKENS = 2 * WINDOW_TOKENS

/** As many examples as may be shown at once, a certain one among them. */
function fitExamples(lengths: readonly number[], wanted: number, exampleCount: number): Stretch {
  let start = 0
  for (;;) {
    let [end, sum] = [start, 0]
    const shown = (example: number): number => Math.min(WINDOW_TOKENS, lengths[example] ?? 0)
    while (end < exampleCount && (end === start || sum + shown(end) <= DETAIL_TOKENS)) sum += shown(end++)
    if (end > wanted || end >= exampleCount) return [start, end]
    start = end
  }
}

/** The first side's token that stands where a place is. */
function toFirstToken({ side, token }: TokenPlace, counterparts: Int32Array | undefined): number {
  if (side === 0 || counterparts === undefined) return token
  const found = counterparts.findIndex(other => other >= token)
  return found === -1 ? counterparts.length - 1 : found
}

/** What of the second side belongs beside a window of the first. */
function toSecondWindow(
  window: Stretch | undefined,
  counterparts: Int32Array | undefined,
  tokenCount: number,
): Stretch {
  if (window === undefined || counterparts === undefined) return windowAt(0, tokenCount)
  const [first, end] = window
  const found = counterparts.subarray(first).find(other => other !== -1)
  const start = first === 0 ? 0 : (found ?? Math.max(0, tokenCount - 1))
  const next =
    end === counterparts.length ? -1 : (counterparts.subarray(end).find(other => other > start) ?? -1)
  return [start, Math.min(start + WINDOW_TOKENS, next === -1 ? tokenCount : next)]
}

function cutCounterparts(
  counterparts: Int32Array | undefined,
  window: Stretch | undefined,
  [start, end]: Stretch,
): number[] {
  if (counterparts === undefined || window === undefined) return []
  return Array.from(counterparts.subarray(...window), other =>
    other >= start && other < end ? other - start : -1,
  )
}
