import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { hashFraction } from '../../prepare/random.ts'
import { AdamW, gradientNorm } from '../optim/index.ts'
import type { Parameter } from '../trainable-model.ts'
import { paysToThread, ThreadedAdamW } from './threaded-adamw.ts'

const OPTIONS = { weightDecay: 0.1, adamBeta1: 0.9, adamBeta2: 0.99, adamEpsilon: 1e-8, args: {} }

function toParameters(lengths: readonly number[]): Parameter[] {
  return lengths.map((length, p) => {
    const toArray = (seed: number) => new Float32Array(length).map((_, i) => hashFraction(seed + p, i) - 0.5)
    return { name: `p${p}`, shape: [length], data: toArray(1), gradient: toArray(50), decays: p > 0 }
  })
}

test('threads give the bytes and the norm that one gives', async () => {
  const lengths = [2_500_001, 7, 1_048_576]
  const alone = toParameters(lengths)
  const together = toParameters(lengths)
  const plain = new AdamW(alone, OPTIONS)
  const threaded = new ThreadedAdamW(together, OPTIONS, 3)
  for (const rate of [0.01, 0.02]) {
    assert.equal(await threaded.gradientNorm(), gradientNorm(alone))
    plain.step(rate, 0.5)
    await threaded.step(rate, 0.5)
  }
  await threaded.close()
  for (const [p, { data }] of alone.entries()) assert.deepEqual(together[p]!.data, data)
  for (const [s, { data }] of plain.state.entries()) assert.deepEqual(threaded.state[s]!.data, data)
})

test('small models are left to one thread', () => {
  assert.equal(paysToThread(toParameters([1000])), false)
  const length = 17_000_000
  const data = new Float32Array(length)
  const parameter = { name: 'p', shape: [length], data, gradient: data, decays: true }
  assert.equal(paysToThread([parameter]), availableParallelism() > 1)
})
