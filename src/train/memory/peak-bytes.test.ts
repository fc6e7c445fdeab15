import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { add, exp, Graph, gemm, listNodes, mul, reshape, toOnnx } from '../graph/index.ts'
import { buildTrainingGraph, parseModelConfig, toTrainingFeeds } from '../model/index.ts'
import { makeParameter, toParameters } from '../runtime/index.ts'
import { toExecutionOrder } from './execution-order.ts'
import { findPeakBytes } from './peak-bytes.ts'

const TOKENS = 24

function buildTiny(isCheckpointed: boolean) {
  const model = parseModelConfig({
    model_type: 'llama',
    vocab_size: 50,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    tie_word_embeddings: true,
  })
  const { parameters, ...parts } = toParameters(
    model,
    { kind: 'all' },
    { read: (_, into) => into.fill(0.01), make: makeParameter },
  )
  const stored = () => assert.fail('all weights are trained')
  const loss = { type: 'nll', labelSmoothing: 0 } as const
  const options = { ...parts, stored, isCheckpointed, loss, neftuneNoiseAlpha: 0 }
  return { model, parameters, graph: buildTrainingGraph(model, options, 'train') }
}

for (const isCheckpointed of [false, true]) {
  const name = isCheckpointed ? 'with layers computed once more' : 'as it is'
  test(`nodes of a training graph ${name} run in the order that is foreseen`, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'lossline-order-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const { model, parameters, graph } = buildTiny(isCheckpointed)
    const session = await InferenceSession.create(toOnnx(graph), {
      graphOptimizationLevel: 'disabled',
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
      intraOpNumThreads: 1,
    })
    const ids = Int32Array.from({ length: TOKENS }, (_, i) => i)
    const feeds = toTrainingFeeds(
      model,
      {
        inputIds: ids,
        positionIds: ids,
        sequenceIds: new Int32Array(TOKENS),
        targetPositions: ids.subarray(0, 9),
        targets: ids.subarray(1, 10),
        targetWeights: new Float32Array(9).fill(1),
      },
      { normaliser: 9, neftuneNoiseAlpha: 0 },
    )
    const values = new Map(parameters.map(({ name, data, shape }) => [name, { data, shape }]))
    const inputs = session.inputNames.map(input => {
      const { data, shape } = feeds[input] ?? values.get(input)!
      const tensor =
        data instanceof Float32Array
          ? new OrtTensor('float32', data, shape)
          : new OrtTensor('int64', data, shape)
      return [input, tensor] as const
    })
    await session.run(Object.fromEntries(inputs))
    session.endProfiling()
    await session.release()
    const text = readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8')
    const events = JSON.parse(text) as { readonly cat: string; readonly name: string }[]
    const ran = events.flatMap(({ name }) => /^(.+)_kernel_time$/.exec(name)?.[1] ?? [])
    assert.ok(ran.length > 500)
    const foreseen = toExecutionOrder(listNodes(graph)).map(({ outputs }) => outputs[0]!.name)
    assert.deepEqual(foreseen, ran)
  })
}

test('a value takes memory from the node that makes it to the last that reads it', () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', ['tokens', 10])
  const w = graph.constant(new Float32Array(100), [10, 10])
  // 40 bytes a token each. h is read by two; y is written over the one that dies, which the planner sees; the last is given out, and is there too.
  const h = gemm(x, w)
  const y = mul(exp(h), 2)
  graph.output('y', add(reshape(y, ['tokens', 10]), h))
  assert.equal(
    findPeakBytes(graph, () => 7),
    3 * 7 * 40,
  )
})

test('memory that is left over is kept for a later value of the same shape, as ONNX Runtime keeps it', () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', ['tokens', 10])
  const into = (from: number, to: number) => graph.constant(new Float32Array(from * to), [from, to])
  // The first [tokens, 20] is dead while [tokens, 30] is made, but a second one comes.
  const first = gemm(x, into(10, 20))
  const narrow = gemm(first, into(20, 5))
  const wide = gemm(narrow, into(5, 30))
  const second = gemm(wide, into(30, 20))
  graph.output('y', gemm(second, into(20, 1)))
  const bytes = findPeakBytes(graph, () => 1)
  assert.equal(bytes, 4 * (20 + 5 + 30))
})

test('a dimension that is a product is the product of its sizes', () => {
  const graph = new Graph()
  const x = graph.input('x', 'float32', ['tokens', 10])
  graph.output('y', exp(reshape(exp(x), ['2*tokens', 5])))
  assert.equal(
    findPeakBytes(graph, () => 3),
    2 * 3 * 40,
  )
})
