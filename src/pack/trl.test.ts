// Oracle: TRL's pack_dataset on generated rows, every column equal.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findPython, runPython, whyNoPython } from '../../test/interop/python.ts'
import { makeRows, toLists } from '../../test/pack/token-rows.ts'
import type { TokenRows } from '../dataset/index.ts'
import { PACKING_STRATEGIES, type PackingStrategyName, packRows } from './index.ts'

/** Another seed gives other rows: LOSSLINE_SEED=7 npm test. */
const SEED = Number(process.env['LOSSLINE_SEED'] ?? 20)

interface Case {
  readonly strategy: PackingStrategyName
  readonly maxLength: number
  readonly lengths: readonly number[]
}

/** Many of one length, so that there are ties; some far too long; some empty, but not all: an Arrow table without a token has no chunk to pack. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    maxLength: fc.constantFrom(1, 2, 3, 4, 7, 8, 16, 31, 32, 33, 100),
    spread: fc.constantFrom(1, 2, 4),
  })
  .chain(({ maxLength, spread }) =>
    fc.record({
      strategy: fc.constantFrom(...(Object.keys(PACKING_STRATEGIES) as PackingStrategyName[])),
      maxLength: fc.constant(maxLength),
      lengths: fc.array(fc.nat(maxLength * spread), { minLength: 1, maxLength: 120, size: 'max' }),
    }),
  )
  .filter(({ lengths }) => lengths.some(length => length > 0))

test('packs as TRL’s pack_dataset: ids, labels and sequence lengths', t => {
  const python = findPython('trl-1.16')
  if (python === undefined) return t.skip(whyNoPython('trl-1.16'))
  const items = fc.sample(cases, { seed: SEED, numRuns: 500 })
  const rows = items.map(({ lengths }) => makeRows(lengths))
  const requests = items.map(({ strategy, maxLength }, i) => ({
    columns: toColumns(rows[i]!),
    max_length: maxLength,
    strategy,
  }))
  const answers = runPython(python, 'test/interop/trl_packing.py', requests)
  for (const [i, { strategy, maxLength, lengths }] of items.entries()) {
    const packs = PACKING_STRATEGIES[strategy].pack(lengths, maxLength)
    assert.deepEqual(toColumns(packRows(rows[i]!, packs)), answers[i], JSON.stringify(items[i]))
  }
})

function toColumns(rows: TokenRows): Record<string, number[][]> {
  return {
    input_ids: toLists(rows.inputIds, rows.offsets),
    labels: toLists(rows.labels, rows.offsets),
    ...(rows.seqLengths && { seq_lengths: toLists(rows.seqLengths.values, rows.seqLengths.offsets) }),
  }
}
