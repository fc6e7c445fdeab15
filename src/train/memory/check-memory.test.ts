import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { describeError, LosslineError } from '../../error.ts'
import { layAdapter, toLoraConfig, toTrained } from '../adapter/index.ts'
import { listWeights, parseModelConfig } from '../model/index.ts'
import { writeModelWeights } from '../weights/index.ts'
import { checkMemory, type MemoryOptions } from './check-memory.ts'

const folder: string = mkdtempSync(join(tmpdir(), 'lossline-memory-'))
after(() => rmSync(folder, { recursive: true }))

const CONFIG = {
  model_type: 'llama',
  vocab_size: 100,
  hidden_size: 256,
  intermediate_size: 512,
  num_hidden_layers: 12,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  tie_word_embeddings: true,
}
const FULL: MemoryOptions = {
  trained: { kind: 'all' },
  gradientCheckpointing: false,
  tokens: 1024,
  targets: 300,
  longestSequence: 1024,
  accumulates: false,
  optimizerBytes: 8,
}
const LARGE = 1e12

before(async () => {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG))
  const tensors = listWeights(parseModelConfig(CONFIG)).map(({ name, shape }) => {
    const length = shape.reduce((product, size) => product * size, 1)
    return { name, shape, dtype: 'BF16' as const, values: new Float32Array(length).fill(0.01) }
  })
  await writeModelWeights(folder, tensors)
})

function toLora(options: Partial<MemoryOptions> = {}): MemoryOptions {
  const config = toLoraConfig({ r: 4, targetModules: 'all-linear' })
  return { ...FULL, trained: toTrained(layAdapter(folder, config, 1)), ...options }
}

/** What is told when there are so many bytes less than needed. */
function refusalOf(options: MemoryOptions, freeBytes: number): string {
  try {
    checkMemory(folder, options, freeBytes)
  } catch (error) {
    assert.ok(error instanceof LosslineError)
    return describeError(error, 'flag')
  }
  assert.fail('it was not refused')
}

test('parameters take what they and the optimizer need, and frozen weights what lies in their file', () => {
  const { parameters, weights, total, activations, runtime } = checkMemory(folder, FULL, LARGE)
  const count = listWeights(parseModelConfig(CONFIG))
    .map(({ shape }) => shape.reduce((product, size) => product * size, 1))
    .reduce((sum, size) => sum + size, 0)
  assert.equal(weights, 0)
  assert.equal(parameters, count * 17)
  assert.equal(total, parameters + activations + runtime)
  assert.equal(checkMemory(folder, toLora(), LARGE).weights, 2 * count)
  assert.ok(checkMemory(folder, toLora(), LARGE).parameters < parameters / 20)
  assert.equal(checkMemory(folder, { ...FULL, optimizerBytes: 0 }, LARGE).parameters, count * 9)
})

test('4 bits, checkpointing and fewer tokens are each worth less memory', () => {
  const plain = checkMemory(folder, toLora(), LARGE)
  const fourBits = checkMemory(folder, toLora({ quantization: { bits: 4, blockSize: 64 } }), LARGE)
  assert.ok(fourBits.weights < 0.35 * plain.weights)
  const checkpointed = checkMemory(folder, toLora({ gradientCheckpointing: true }), LARGE)
  assert.ok(checkpointed.activations < 0.7 * plain.activations)
  const half = checkMemory(folder, toLora({ tokens: 512, targets: 150 }), LARGE)
  // Scores grow with the square of a sequence's length.
  assert.ok(half.activations < 0.5 * plain.activations)
  const packed = checkMemory(folder, toLora({ longestSequence: 100 }), LARGE)
  assert.ok(packed.activations < plain.activations)
})

test('what does not fit is refused in one line, with each change that would make it fit', () => {
  const { total } = checkMemory(folder, FULL, LARGE)
  const message = refusalOf(FULL, total - 1)
  const parts =
    /^training takes about [\d.]+ [MG]B \(weights 0 MB, parameters with their gradients and optimizer \d+ MB, activations of 1,024 tokens [\d.]+ [MG]B, runtime \d+ MB\), and [\d.]+ [MG]B are free\. /
  assert.match(message, parts)
  const fix =
    /It would fit with --gradient-checkpointing \(\d+ MB\), or with LoRA \(--use-peft\) \([\d.]+ [MG]B\), or with half the --max-length or --per-device-train-batch-size \(\d+ MB\)\.$/
  assert.match(message, fix)
  assert.doesNotMatch(
    refusalOf(toLora({ gradientCheckpointing: true }), 1.2e8),
    /use-peft|--gradient-checkpointing/,
  )
})

test('where no single change is enough, the first that are enough together are named; where none are, that is said', () => {
  const smallest = checkMemory(
    folder,
    toLora({ gradientCheckpointing: true, quantization: { bits: 4, blockSize: 64 } }),
    LARGE,
  ).total
  const message = refusalOf(FULL, smallest * 1.05)
  assert.match(message, /It would fit with --gradient-checkpointing and LoRA \(--use-peft\)/)
  assert.match(refusalOf(FULL, 1e6), /Take a smaller model, or a machine with more memory\.$/)
})

test('a training that fits is told in numbers', () => {
  assert.ok(checkMemory(folder, toLora()).total > 1e8)
})
