import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { random } from '../../../test/random.ts'
import { describeError, LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import { type LoraConfig, layAdapter, toLoraConfig, toTrained } from '../adapter/index.ts'
import { listLinears, listWeights, parseModelConfig } from '../model/index.ts'
import type { TrainBatch } from '../trainable-model.ts'
import { type NewTensor, type Quantization, writeModelWeights } from '../weights/index.ts'
import { dequantize, quantize } from '../weights/quantize.ts'
import { openTrainableModel, type Trained } from './index.ts'

const parent: string = mkdtempSync(join(tmpdir(), 'lossline-quantized-base-'))
after(() => rmSync(parent, { recursive: true }))

/** Rows of 36 numbers: a block of 32 and one of 4. */
const LLAMA: JsonObject = {
  model_type: 'llama',
  vocab_size: 40,
  hidden_size: 36,
  intermediate_size: 70,
  num_hidden_layers: 2,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  tie_word_embeddings: true,
}
const GPT2: JsonObject = {
  model_type: 'gpt2',
  vocab_size: 40,
  n_embd: 36,
  n_layer: 2,
  n_head: 3,
  n_positions: 32,
}

const BATCH: TrainBatch = {
  inputIds: Int32Array.from([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]),
  positionIds: Int32Array.from([0, 1, 2, 3, 4, 5, 0, 1, 2, 3]),
  sequenceIds: Int32Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]),
  targetPositions: Int32Array.from([1, 3, 4, 7, 8]),
  targets: Int32Array.from([4, 5, 9, 5, 3]),
  targetWeights: Float32Array.from([1, 1, 0.5, 2, 1]),
}

/** A model folder with random weights, as they are or as `round` leaves those of its linear layers. */
async function writeModel(
  name: string,
  config: JsonObject,
  round: (matrix: Float32Array, columns: number) => Float32Array = matrix => matrix,
): Promise<string> {
  const folder = join(parent, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  const model = parseModelConfig(config)
  const linears = new Set(listLinears(model).map(({ module }) => `${module}.weight`))
  const next = random(11)
  const tensors: NewTensor[] = listWeights(model).map(({ name, shape, role }) => {
    const length = shape.reduce((product, size) => product * size, 1)
    const centre = role === 'norm' ? 1 : 0
    const values = Float32Array.from({ length }, () => centre + (next(2001) - 1000) / 4000)
    return { name, dtype: 'F32', shape, values: linears.has(name) ? round(values, shape[1]!) : values }
  })
  await writeModelWeights(folder, tensors)
  return folder
}

interface Pass {
  readonly nll: Float32Array
  readonly gradients: ReadonlyMap<string, Float32Array>
}

async function runPass(folder: string, trained: Trained, quantization?: Quantization): Promise<Pass> {
  const model = await openTrainableModel(folder, {
    trained,
    threads: 1,
    gradientCheckpointing: quantization !== undefined,
    ...(quantization !== undefined && { quantization }),
  })
  try {
    const { nll } = await model.accumulate(BATCH, 3)
    return { nll, gradients: new Map(model.parameters.map(({ name, gradient }) => [name, gradient])) }
  } finally {
    await model.close()
  }
}

function assertClose(actual: Float32Array, expected: Float32Array, what: string): void {
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  assert.ok(largest > 0, `${what} is all zeros`)
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs(actual[i]! - value) <= 2e-5 * largest, `${what}[${i}] is ${actual[i]}, not ${value}`)
  }
}

const CASES: readonly (readonly [string, JsonObject, Quantization, Partial<LoraConfig>])[] = [
  ['LoRA on 4 bits', LLAMA, { bits: 4, blockSize: 32 }, {}],
  ['LoRA on 8 bits', LLAMA, { bits: 8, blockSize: 64 }, {}],
  [
    'DoRA on 4 bits, an MLP trained whole',
    LLAMA,
    { bits: 4, blockSize: 32 },
    { useDora: true, modulesToSave: ['1.mlp'] },
  ],
  [
    'the tied head and its layers',
    LLAMA,
    { bits: 4, blockSize: 32 },
    { targetModules: ['lm_head', 'v_proj'] },
  ],
  ["GPT-2's weights, which lie the other way", GPT2, { bits: 4, blockSize: 64 }, {}],
]

for (const [i, [name, config, quantization, given]] of CASES.entries()) {
  test(`${name}: loss and gradients are those of the model with the rounded weights`, async () => {
    const lora = toLoraConfig({ r: 3, targetModules: 'all-linear', initLoraWeights: false, ...given })
    const plain = await writeModel(`plain-${i}`, config)
    const rounded = await writeModel(`rounded-${i}`, config, (matrix, columns) =>
      dequantize(quantize(matrix, columns, quantization), [matrix.length / columns, columns], quantization),
    )
    const saved = new Set(lora.modulesToSave)
    // What is trained whole is not rounded: both begin with the plain model's numbers.
    const trained = toTrained(layAdapter(plain, lora, 1))
    const ours = await runPass(plain, trained, quantization)
    const expected = await runPass(rounded, trained)
    const unrounded = await runPass(plain, trained)
    assertClose(ours.nll, expected.nll, 'nll')
    assert.deepEqual([...ours.gradients.keys()], [...expected.gradients.keys()])
    for (const [parameter, gradient] of expected.gradients) {
      assertClose(ours.gradients.get(parameter)!, gradient, parameter)
    }
    assert.ok(
      saved.size === 0 || [...ours.gradients.keys()].some(key => key.endsWith('mlp.gate_proj.weight')),
    )
    assert.throws(() => assertClose(ours.nll, unrounded.nll, 'nll'))
  })
}

test('the rounded copy is taken away when the model is closed, and when it could not be opened', async t => {
  // A temporary folder of this test's own: other tests quantize at the same time.
  const own = mkdtempSync(join(tmpdir(), 'lossline-own-'))
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = own
  t.after(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    rmSync(own, { recursive: true, force: true })
  })
  const folder = await writeModel('closed', LLAMA)
  const lora = toLoraConfig({ targetModules: ['v_proj'] })
  const trained = toTrained(layAdapter(folder, lora, 1))
  const quantization = { bits: 4, blockSize: 32 } as const
  await runPass(folder, trained, quantization)
  const [shape, data] = [[1], new Float32Array(1)]
  const wrong: Trained = {
    kind: 'adapters',
    adapters: [],
    weights: new Map([['nothing', { name: 'n', shape, data }]]),
  }
  await assert.rejects(runPass(folder, wrong, quantization), /has no weight nothing/)
  assert.deepEqual(readdirSync(own), [])
})

test('all weights in 4 bits and trained is refused in one line', async () => {
  const folder = await writeModel('all', LLAMA)
  const opened = openTrainableModel(folder, {
    trained: { kind: 'all' },
    quantization: { bits: 4, blockSize: 32 },
  })
  await assert.rejects(opened, error => {
    assert.ok(error instanceof LosslineError)
    const expected =
      /^weights of 4 bits can't be trained themselves\. Train an adapter with --use-peft, or leave out --load-in-4bit\.$/
    assert.match(describeError(error, 'flag'), expected)
    return true
  })
})
