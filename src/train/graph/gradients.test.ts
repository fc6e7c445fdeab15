import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkSlope } from '../../../test/train/check-slope.ts'
import { toProblem } from '../../../test/train/gradient-case.ts'
import { COMPOSED_CASES, OP_CASES, WITHOUT_GRADIENT } from '../../../test/train/op-cases.ts'
import * as ops from './ops/index.ts'

const sizes = fc.record({
  n: fc.integer({ min: 2, max: 5 }),
  m: fc.integer({ min: 2, max: 6 }),
  seed: fc.nat(),
})

for (const [op, cases] of [...Object.entries(OP_CASES), ['', COMPOSED_CASES] as const]) {
  for (const item of cases.filter(({ hasNoSlope }) => hasNoSlope !== true)) {
    test(`${[op, item.note].join(' ').trim()}: the gradient is the slope`, async () => {
      await fc.assert(
        fc.asyncProperty(sizes, drawn => checkSlope(toProblem(item, drawn))),
        { numRuns: 5 },
      )
    })
  }
}

test('every op is among the cases, here and for PyTorch, or has no gradient', () => {
  assert.deepEqual([...Object.keys(OP_CASES), ...WITHOUT_GRADIENT].sort(), Object.keys(ops).sort())
})
