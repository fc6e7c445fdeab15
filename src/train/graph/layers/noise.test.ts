import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openGraph } from '../../../../test/train/run-graph.ts'
import { gradients } from '../gradients.ts'
import { Graph } from '../graph.ts'
import { mul, reduceSum, type Tensor } from '../index.ts'
import { toAttentionBlocks } from './attention-blocks.ts'
import { dropout, dropoutOfBlock, toNoiseNumbers, uniformNoise } from './noise.ts'

const TOKENS = 400
const FEATURES = 300

interface Drawn {
  readonly build: (x: Tensor, noise: { readonly numbers: Tensor }) => Tensor
  readonly seed?: number
}

/** What `build` makes of ones, and the gradient of its sum. */
async function run({ build, seed = 0 }: Drawn): Promise<{ y: Float32Array; dx: Float32Array }> {
  const graph = new Graph()
  const x = graph.input('x', 'float32', ['tokens', FEATURES])
  const y = build(x, { numbers: graph.input('noise', 'int64', ['tokens', 2]) })
  const sum = reduceSum(y, [0, 1])
  const [dx] = gradients(graph, new Map([[sum, graph.constant(Float32Array.of(1), [1, 1])]]), [x])
  graph.output('y', mul(y, 1))
  if (dx !== undefined) graph.output('dx', dx)
  const outputs = await (await openGraph(graph))({
    x: { data: new Float32Array(TOKENS * FEATURES).fill(1), shape: [TOKENS, FEATURES] },
    noise: { data: toNoiseNumbers(seed, TOKENS), shape: [TOKENS, 2] },
  })
  return { y: outputs['y']!, dx: outputs['dx'] ?? new Float32Array() }
}

const keep = (share: number, site = 'layer 0', seed = 0): Promise<{ y: Float32Array; dx: Float32Array }> =>
  run({ build: (x, noise) => dropout(x, share, { noise, site }), seed })

/** Correlation of two rows of numbers. */
function correlate(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - meanA) * (b[i]! - meanB)
    aa += (a[i]! - meanA) ** 2
    bb += (b[i]! - meanB) ** 2
  }
  return ab / Math.sqrt(aa * bb)
}

test('drops the share that it is told, keeps the sum, and lets gradients through where numbers went', async () => {
  for (const share of [0.05, 0.1, 0.5]) {
    const { y, dx } = await keep(share)
    const kept = y.filter(value => value !== 0)
    // Five deviations of a fair draw.
    const allowed = 5 * Math.sqrt((share * (1 - share)) / y.length)
    assert.ok(Math.abs(kept.length / y.length - (1 - share)) < allowed, `kept ${kept.length / y.length}`)
    assert.ok(kept.every(value => Math.abs(value - 1 / (1 - share)) < 1e-6))
    assert.deepEqual(dx, y)
  }
})

test('the same seed draws the same, another seed or place something else', async () => {
  const { y } = await keep(0.5)
  assert.deepEqual((await keep(0.5)).y, y)
  for (const other of [
    await keep(0.5, 'layer 1'),
    await keep(0.5, 'layer 0 '),
    await keep(0.5, 'layer 0', 1),
    await keep(0.5, 'layer 0', 2 ** 31),
  ]) {
    const correlation = correlate(y, other.y)
    assert.ok(Math.abs(correlation) < 5 / Math.sqrt(y.length), `correlated by ${correlation}`)
  }
})

test('what a token loses says nothing of its neighbours, nor a feature of the next', async () => {
  const { y } = await keep(0.5)
  for (const distance of [1, 2, 7, FEATURES, 2 * FEATURES, FEATURES + 1]) {
    const correlation = correlate(y.subarray(distance), y.subarray(0, -distance))
    assert.ok(Math.abs(correlation) < 5 / Math.sqrt(y.length), `correlated by ${correlation} at ${distance}`)
  }
  // Four corners of a square: where they are not independent, the product of their signs is not even.
  const sign = (t: number, c: number): number => (y[t * FEATURES + c] === 0 ? -1 : 1)
  let sum = 0
  for (let t = 1; t < TOKENS; t++) {
    for (let c = 1; c < FEATURES; c++)
      sum += sign(t, c) * sign(t - 1, c) * sign(t, c - 1) * sign(t - 1, c - 1)
  }
  assert.ok(Math.abs(sum) < 5 * Math.sqrt(y.length), `corners sum to ${sum}`)
  for (let t = 0; t < TOKENS; t++) {
    const kept = y.subarray(t * FEATURES, (t + 1) * FEATURES).filter(value => value !== 0).length
    assert.ok(Math.abs(kept - FEATURES / 2) < 5.5 * Math.sqrt(FEATURES / 4), `token ${t} keeps ${kept}`)
  }
})

test('uniform noise is even between its bounds', async () => {
  const { y } = await run({ build: (x, noise) => uniformNoise(x, 3, { noise, site: 'embeddings' }) })
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length
  const variance = y.reduce((sum, value) => sum + value * value, 0) / y.length
  assert.ok(y.every(value => value >= -3 && value <= 3))
  assert.ok(Math.abs(mean) < 5 * Math.sqrt(3 / y.length), `mean ${mean}`)
  assert.ok(Math.abs(variance - 3) < 0.05, `variance ${variance}`)
})

/** What one block of all tokens multiplies its probabilities with, for each site: [heads, queries, keys]. */
async function dropProbabilities(
  tokens: number,
  headCount: number,
  sites: readonly string[],
): Promise<Float32Array[]> {
  const graph = new Graph()
  const ids = (name: string, size: number | string): Tensor => graph.input(name, 'int64', [size])
  const plan = { bounds: ids('bounds', 2), keyStarts: ids('starts', 1), sequenceIds: ids('ids', 'tokens') }
  const rows = graph.input('rows', 'int64', [1, 'tokens'])
  const [block] = toAttentionBlocks({ ...plan, rows }, { count: 1 })
  const noise = { numbers: graph.input('noise', 'int64', ['tokens', 2]) }
  for (const site of sites) {
    graph.output(site, dropoutOfBlock(block!, { share: 0.5, headCount, noise, site }))
  }
  const feed = (values: readonly number[], shape: readonly number[]) => ({
    data: BigInt64Array.from(values, BigInt),
    shape,
  })
  const outputs = await (await openGraph(graph))({
    bounds: feed([0, tokens], [2]),
    starts: feed([0], [1]),
    ids: feed(Array(tokens).fill(0), [tokens]),
    rows: feed([...Array(tokens).keys()], [1, tokens]),
    noise: { data: toNoiseNumbers(3, tokens), shape: [tokens, 2] },
  })
  return sites.map(site => outputs[site]!)
}

test("attention's dropout is fair, and alike in no two heads, tokens or layers", async () => {
  const [tokens, heads] = [150, 6]
  const [y, other] = await dropProbabilities(tokens, heads, ['layer 0', 'layer 1'])
  const allowed = 5 / Math.sqrt(y!.length)
  const kept = y!.filter(value => value !== 0).length / y!.length
  assert.ok(Math.abs(kept - 0.5) < allowed, `kept ${kept}`)
  assert.ok(Math.abs(correlate(y!, other!)) < allowed)
  for (const distance of [1, tokens - 1, tokens, tokens + 1, tokens * tokens, 2 * tokens * tokens]) {
    const correlation = correlate(y!.subarray(distance), y!.subarray(0, -distance))
    assert.ok(Math.abs(correlation) < 5 / Math.sqrt(y!.length - distance), `${correlation} at ${distance}`)
  }
  // A query's keys: what one head keeps against what another does.
  for (let q = 0; q < tokens; q++) {
    const ofHead = (h: number): Float32Array =>
      y!.subarray((h * tokens + q) * tokens, (h * tokens + q + 1) * tokens)
    assert.ok(Math.abs(correlate(ofHead(0), ofHead(1))) < 5.5 / Math.sqrt(tokens), `query ${q}`)
  }
})
