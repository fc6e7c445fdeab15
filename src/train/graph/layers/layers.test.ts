import { test } from 'node:test'
import fc from 'fast-check'
import { checkSlope } from '../../../../test/train/check-slope.ts'
import type { Value } from '../../../../test/train/run-graph.ts'
import { type Activation, activate, gated, gatedHalves } from './activations.ts'
import { attention } from './attention.ts'
import { toAttentionBlocks } from './attention-blocks.ts'
import { layerNorm, rmsNorm } from './norms.ts'
import { planAttention } from './plan-attention.ts'

const sizes = fc.record({
  n: fc.integer({ min: 1, max: 5 }),
  m: fc.integer({ min: 2, max: 6 }),
  seed: fc.nat(),
})

test("an RMS norm's gradient is its slope", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.constantFrom(0, 1), ({ n, m, seed }, weightOffset) =>
      checkSlope({
        inputs: [{ shape: [n, m] }, { shape: [m] }],
        build: ([x, weight]) => rmsNorm(x!, weight!, { epsilon: 0.1, weightOffset }),
        seed,
      }),
    ),
    { numRuns: 10 },
  )
})

test("a layer norm's gradient is its slope", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, ({ n, m, seed }) =>
      checkSlope({
        inputs: [{ shape: [n, m] }, { shape: [m] }, { shape: [m] }],
        build: ([x, weight, bias]) => layerNorm(x!, weight!, bias!, 0.1),
        seed,
      }),
    ),
    { numRuns: 10 },
  )
})

const ACTIVATIONS: readonly Activation[] = ['silu', 'gelu', 'gelu-tanh', 'relu']

for (const activation of ACTIVATIONS) {
  // Away from the corner, where there is no slope.
  const range = activation === 'relu' ? { range: [0.1, 1] as const } : {}
  test(`the gradient of ${activation}, and of what it gates, is its slope`, async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ n, m, seed }) => {
        const [one, two] = [{ shape: [n, m] }, { shape: [n, 2 * m] }]
        const common = { seed, ...range }
        await checkSlope({ inputs: [one], build: ([x]) => activate(x!, activation), ...common })
        await checkSlope({ inputs: [one, one], build: ([x, y]) => gated(x!, y!, activation), ...common })
        await checkSlope({ inputs: [two], build: ([x]) => gatedHalves(x!, activation), ...common })
      }),
      { numRuns: 4 },
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
  seed: fc.nat(),
})

test("attention's gradient is its slope: any pack, in any number of blocks", async () => {
  await fc.assert(
    fc.asyncProperty(packs, pack => checkAttention(pack)),
    { numRuns: 25 },
  )
})

type Pack = typeof packs extends fc.Arbitrary<infer Value> ? Value : never

async function checkAttention({ lengths, blocks: count, group, window, ...sizes }: Pack): Promise<void> {
  const { keyValueHeadCount, headSize, softCap, seed } = sizes
  const headCount = group * keyValueHeadCount
  const sequences = lengths.flatMap((length, s) => Array<number>(length).fill(s))
  const tokens = sequences.length
  const plan = planAttention(Int32Array.from(sequences), { blocks: count, window })
  const toInput = (heads: number) => ({
    shape: [tokens, heads * headSize],
    dims: ['tokens', heads * headSize],
  })
  const toFeed = (data: BigInt64Array): Value => ({ data, shape: [data.length] })
  await checkSlope({
    inputs: [toInput(headCount), toInput(keyValueHeadCount), toInput(keyValueHeadCount)],
    build: ([q, k, v], graph) => {
      const bounds = graph.input('bounds', 'int64', [count + 1])
      const keyStarts = graph.input('keyStarts', 'int64', [count])
      const sequenceIds = graph.input('sequenceIds', 'int64', ['tokens'])
      const rows = graph.input('rows', 'int64', ['tokens'])
      const blocks = toAttentionBlocks({ bounds, keyStarts, sequenceIds, rows }, { count, window })
      return attention(q!, k!, v!, { headCount, keyValueHeadCount, headSize, scale: 0.8, softCap, blocks })
    },
    feeds: {
      bounds: toFeed(plan.bounds),
      keyStarts: toFeed(plan.keyStarts),
      sequenceIds: toFeed(BigInt64Array.from(sequences, BigInt)),
      rows: toFeed(BigInt64Array.from(sequences, (_, row) => BigInt(row))),
    },
    dims: { tokens },
    seed,
  })
}
