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
  report({ batchSize, runs }) {
    if (batchSize === undefined) return []
    const batches = runs.map(([first, count]) => {
      const start = Math.ceil(first / batchSize)
      return Math.max(0, Math.floor((first + count) / batchSize) - start)
    })
    const empty = batches.reduce((sum, count) => sum + count, 0)
    if (empty === 0) return []
    const text = `${empty} batches of ${batchSize} rows have no trained token.`
    return [{ rule: 'zero-token-eval-batch', severity: 'info', text, rows: empty * batchSize, places: [] }]
  },
}

function addRun({ runs }: State, first: number, count: number): void {
  const last = runs.at(-1)
  if (last !== undefined && last[0] + last[1] === first) last[1] += count
  else if (runs.length < MAX_RUNS) runs.push([first, count])
}
