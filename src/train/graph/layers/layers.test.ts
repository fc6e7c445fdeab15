import { test } from 'node:test'
import fc from 'fast-check'
import { checkSlope } from '../../../../test/train/check-slope.ts'
import { toProblem } from '../../../../test/train/gradient-case.ts'
import { LAYER_CASES, toAttentionCase } from '../../../../test/train/layer-cases.ts'

const sizes = fc.record({
  n: fc.integer({ min: 1, max: 5 }),
  m: fc.integer({ min: 2, max: 6 }),
  seed: fc.nat(),
})

for (const item of LAYER_CASES.filter(({ hasNoSlope }) => hasNoSlope !== true)) {
  test(`${item.note}: the gradient is the slope`, async () => {
    await fc.assert(
      fc.asyncProperty(sizes, drawn => checkSlope(toProblem(item, drawn))),
      { numRuns: 6 },
    )
  })
}

const packs = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 6 }),
  blocks: fc.integer({ min: 1, max: 3 }),
  group: fc.integer({ min: 1, max: 3 }),
  keyValueHeadCount: fc.integer({ min: 1, max: 2 }),
  headSize: fc.integer({ min: 1, max: 4 }),
  window: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  softCap: fc.option(fc.constant(1.5), { nil: undefined }),
})

test("attention's gradient is its slope: any pack, in any number of blocks", async () => {
  await fc.assert(
    fc.asyncProperty(packs, sizes, (pack, drawn) => checkSlope(toProblem(toAttentionCase(pack), drawn))),
    { numRuns: 25 },
  )
})
