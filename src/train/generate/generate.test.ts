import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TokenModel } from '../token-model.ts'
import { generate } from './generate.ts'
import { GENERATION_DEFAULTS, settleGeneration } from './generation-options.ts'

const SIZE = 12

/** A model whose logits are a function of what it has read, so that reading a token twice or never shows. */
function makeModel(maxPositions = 64): TokenModel & { readonly readTokens: number[] } {
  const readTokens: number[] = []
  return {
    readTokens,
    read: async tokens => {
      readTokens.push(...tokens)
      return toLogits(readTokens)
    },
    restart: () => readTokens.splice(0),
    maxPositions,
  }
}

function toLogits(tokens: readonly number[]): Float32Array {
  const hash = tokens.reduce((sum, token) => (sum * 31 + token + 7) % 10_007, 1)
  return Float32Array.from({ length: SIZE }, (_, id) => ((hash * (id + 3)) % 97) / 10)
}

const OPTIONS = { ...GENERATION_DEFAULTS, stopIds: new Set<number>() }
const anyPrompt = fc.array(fc.nat(SIZE - 1), { minLength: 1, maxLength: 8 })

test('chooses greedily what follows all tokens before it, and reads each of them once', async () => {
  await fc.assert(
    fc.asyncProperty(anyPrompt, fc.integer({ min: 1, max: 12 }), async (prompt, maxNewTokens) => {
      const model = makeModel()
      const { ids, stopped } = await generate(model, prompt, { ...OPTIONS, maxNewTokens })
      assert.equal(stopped, 'limit')
      assert.equal(ids.length, maxNewTokens)
      for (const [i, id] of ids.entries()) {
        const logits = toLogits([...prompt, ...ids.slice(0, i)])
        assert.equal(id, logits.indexOf(Math.max(...logits)))
      }
      assert.deepEqual(model.readTokens, [...prompt, ...ids.slice(0, -1)])
    }),
  )
})

test('ends with the first stop token, tells every token, and gives the same for the same seed', async () => {
  await fc.assert(
    fc.asyncProperty(anyPrompt, fc.nat(), fc.nat(SIZE - 1), async (prompt, seed, stop) => {
      const told: number[] = []
      const options = {
        ...OPTIONS,
        doSample: true,
        maxNewTokens: 20,
        seed,
        stopIds: new Set([stop]),
        onToken: (id: number) => void told.push(id),
      }
      const { ids, stopped } = await generate(makeModel(), prompt, options)
      assert.deepEqual(told, ids)
      const first = ids.indexOf(stop)
      assert.equal(stopped, first === -1 ? 'limit' : 'stop-token')
      assert.ok(first === -1 ? ids.length === 20 : first === ids.length - 1)
      assert.deepEqual((await generate(makeModel(), prompt, options)).ids, ids)
    }),
  )
})

test('stops where the model can read no further', async () => {
  const { ids, stopped } = await generate(makeModel(5), [1, 2, 3], OPTIONS)
  assert.deepEqual([ids.length, stopped], [2, 'limit'])
})

test('draws tokens as often as they are likely', async () => {
  const logits = Float32Array.of(0, 1, 2, Number.NEGATIVE_INFINITY)
  const model: TokenModel = { read: async () => logits.slice(), restart: () => {}, maxPositions: 1e6 }
  const options = { ...OPTIONS, doSample: true, temperature: 2, maxNewTokens: 20_000 }
  const { ids } = await generate(model, [0], options)
  const powers = [0, 1, 2].map(logit => Math.exp(logit / 2))
  const sum = powers.reduce((a, b) => a + b)
  for (const [id, power] of powers.entries()) {
    const share = ids.filter(drawn => drawn === id).length / ids.length
    assert.ok(Math.abs(share - power / sum) < 0.02, `${id}: ${share} for ${power / sum}`)
  }
  assert.ok(!ids.includes(3))
})

test('takes what is given before generation_config.json, and that before the defaults', () => {
  const config = { do_sample: true, temperature: 0.6, top_p: 0.9, eos_token_id: 2 }
  assert.deepEqual(settleGeneration({ topP: 0.5 }, config), {
    ...GENERATION_DEFAULTS,
    doSample: true,
    temperature: 0.6,
    topP: 0.5,
  })
  assert.throws(() => settleGeneration({ temperature: 0 }, undefined), {
    where: 'temperature',
    message: 'is 0; expected a number above 0',
  })
})
