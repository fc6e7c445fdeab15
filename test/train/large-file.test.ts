import assert from 'node:assert/strict'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openTrainableModel, type Trained } from '../../src/train/runtime/index.ts'
import type { TrainBatch } from '../../src/train/trainable-model.ts'
import { formatHeader } from '../../src/train/weights/header.ts'
import { readTensorBytes, readTensorIndex } from '../../src/train/weights/index.ts'
import { makeModel } from './make-model.ts'

const CONFIG = { model_type: 'gpt2', vocab_size: 40, n_embd: 24, n_layer: 1, n_head: 3, n_positions: 32 }
const TABLE = 'transformer.wpe.weight'

/** So many rows of the table that a batch reads a few of make it larger than 2 GiB. */
const MANY_POSITIONS = 24_000_000

const BATCH: TrainBatch = {
  inputIds: Int32Array.from([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]),
  positionIds: Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
  sequenceIds: new Int32Array(10),
  targetPositions: Int32Array.from([1, 3, 4, 7, 8]),
  targets: Int32Array.from([4, 5, 9, 5, 3]),
  targetWeights: new Float32Array(5).fill(1),
}

// Windows would write the hole.
const options = { skip: process.platform === 'win32' && 'files with holes are not made on Windows' }

test(
  'a tensor of more than 2 GiB, and those that lie behind it in its file, are read as others are',
  options,
  async t => {
    const parent = mkdtempSync(join(tmpdir(), 'lossline-large-'))
    t.after(() => rmSync(parent, { recursive: true }))
    const [small, large] = [join(parent, 'small'), join(parent, 'large')]
    await makeModel(small, CONFIG, 1)
    writeLarge(small, large)
    const file = join(large, 'model.safetensors')
    assert.ok(statSync(file).size > 2 ** 31)
    assert.deepEqual(await runStep(large), await runStep(small))
  },
)

/** The model of a folder with a far longer table of positions, at the beginning of its file: a hole, but for the rows that there are. */
function writeLarge(from: string, to: string): void {
  mkdirSync(to)
  writeFileSync(join(to, 'config.json'), JSON.stringify({ ...CONFIG, n_positions: MANY_POSITIONS }))
  const index = readTensorIndex(from)
  const table = [...index.values()].find(({ name }) => TABLE.endsWith(name))!
  const entries = [table, ...[...index.values()].filter(entry => entry !== table)]
  let startByte = 0
  const tensors = entries.map(entry => {
    const isTable = entry === table
    const shape = isTable ? [MANY_POSITIONS, CONFIG.n_embd] : entry.shape
    const byteLength = 4 * shape.reduce((product, size) => product * size, 1)
    const tensor = { name: entry.name, dtype: entry.dtype, shape, startByte, byteLength }
    startByte += byteLength
    return tensor
  })
  const header = formatHeader({ tensors, metadata: { format: 'pt' } })
  const descriptor = openSync(join(to, 'model.safetensors'), 'w')
  ftruncateSync(descriptor, header.length + startByte)
  writeSync(descriptor, header)
  for (const [i, entry] of entries.entries()) {
    const bytes = readTensorBytes(entry)
    writeSync(descriptor, bytes, 0, bytes.length, header.length + tensors[i]!.startByte)
  }
  closeSync(descriptor)
}

/** What a step of LoRA says of its targets, and its gradients. */
async function runStep(folder: string): Promise<readonly Float32Array[]> {
  const model = await openTrainableModel(folder, { trained: toAdapter(), threads: 1 })
  try {
    const { nll } = await model.accumulate(BATCH, 1)
    assert.ok(nll.every(value => value > 0))
    return [nll, ...model.parameters.map(({ gradient }) => gradient.slice())]
  } finally {
    await model.close()
  }
}

function toAdapter(): Trained {
  const part = (name: string, shape: readonly [number, number]) => ({
    name,
    shape,
    data: Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(i)),
  })
  const module = 'transformer.h.0.attn.c_attn'
  const { n_embd: size } = CONFIG
  return {
    kind: 'adapters',
    adapters: [
      { module, scaling: 1, dropout: 0, down: part('down', [2, size]), up: part('up', [3 * size, 2]) },
    ],
  }
}
