import { chat, GOOD, user } from '../example.ts'
import type { SetRule } from '../rule.ts'
import { countTrained } from './nothing-trained-after-cut.ts'

interface State {
  batchSize: number | undefined
  rows: number
  /** Runs of rows without a trained token: [first, count]. */
  runs: [number, number][]
}

const MAX_RUNS = 1000

export const zeroTokenEvalBatch: SetRule<State> = {
  kind: 'set',
  name: 'zero-token-eval-batch',
  severity: 'info',
  trigger: 'A batch of an evaluation has no trained token.',
  effect: 'Its loss is a mean over nothing; some trainers write NaN for the whole evaluation.',
  fix: 'Leave rows without trained tokens out of the evaluation set.',
  needs: ['evaluation'],
  wrong: { rows: [GOOD, GOOD, chat(user('A?')), chat(user('B?'))], facts: { evalBatchSize: 2 } },
  right: { rows: [GOOD, chat(user('A?')), chat(user('B?')), GOOD], facts: { evalBatchSize: 2 } },
  start: () => ({ batchSize: undefined, rows: 0, runs: [] }),
  add(state, subject) {
    state.batchSize = subject.facts.evalBatchSize
    const row = state.rows++
    if (state.batchSize === undefined) return
    if (!subject.masks.some((_, i) => countTrained(subject, i, undefined) > 0)) addRun(state, row, 1)
  },
  merge(into, from) {
    for (const [first, count] of from.runs) addRun(into, into.rows + first, count)
    into.rows += from.rows
    into.batchSize ??= from.batchSize
  },
  report({ batchSize, rows, runs }) {
    if (batchSize === undefined) return []
    const isEmpty = (row: number): boolean =>
      runs.some(([first, count]) => row >= first && row < first + count)
    const empty = countEmptyBatches(isEmpty, rows, batchSize)
    if (empty.batches === 0) return []
    const text = describeEmptyBatches(empty.batches, rows, batchSize)
    return [{ rule: 'zero-token-eval-batch', severity: 'info', text, rows: empty.rows, places: [] }]
  },
}

/**
 * Batches, one after the other through the rows, of which no row has a trained token; the last may be smaller.
 *
 * @param isEmpty whether a row has none
 */
export function countEmptyBatches(
  isEmpty: (row: number) => boolean,
  rows: number,
  batchSize: number,
): { readonly batches: number; readonly rows: number } {
  let batches = 0
  let ofThem = 0
  for (let start = 0; start < rows; start += batchSize) {
    const end = Math.min(rows, start + batchSize)
    let row = start
    while (row < end && isEmpty(row)) row++
    if (row < end) continue
    batches++
    ofThem += end - start
  }
  return { batches, rows: ofThem }
}

/** That some batches have no trained token, in a sentence. */
export function describeEmptyBatches(empty: number, rows: number, batchSize: number): string {
  const all = Math.ceil(rows / batchSize)
  return `${empty} of ${all} batches of ${batchSize} ${batchSize === 1 ? 'row' : 'rows'} ${empty === 1 ? 'has' : 'have'} no trained token.`
}

function addRun({ runs }: State, first: number, count: number): void {
  const last = runs.at(-1)
  if (last !== undefined && last[0] + last[1] === first) last[1] += count
  else if (runs.length < MAX_RUNS) runs.push([first, count])
}
