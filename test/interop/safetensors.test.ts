import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  type FloatDtype,
  type NewTensor,
  readTensor,
  readTensorBytes,
  readTensorFile,
  readTensorIndex,
  writeModelWeights,
  writeSafetensors,
} from '../../src/train/weights/index.ts'
import { random } from '../random.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const folder: string = mkdtempSync(join(tmpdir(), 'lossline-safetensors-'))
after(() => rmSync(folder, { recursive: true }))
const python: string | undefined = findPython('trl-1.16')
const skip: string | false = python === undefined && whyNoPython('trl-1.16')

type PythonTensor = readonly [dtype: FloatDtype, shape: readonly number[], bits: readonly number[]]

/** Numbers of all sizes: bit patterns, of which some are subnormal in 16 bits, some infinite there, none NaN. */
function someTensors(): NewTensor[] {
  const next = random(7)
  const bits = (length: number) => {
    const words = Uint32Array.from({ length }, (_, i) =>
      i % 3 === 0 ? next(0x7f800000) : 0x30000000 + next(0x18000000),
    )
    for (let i = 0; i < length; i += 2) words[i]! |= 0x80000000
    return new Float32Array(words.buffer)
  }
  return [
    { name: 'model.layers.10.w', dtype: 'BF16', shape: [40, 30], values: bits(1200) },
    { name: 'model.layers.9.w', dtype: 'BF16', shape: [30], values: bits(30) },
    { name: 'half', dtype: 'F16', shape: [2, 3, 100], values: bits(600) },
    { name: 'scalar', dtype: 'F32', shape: [], values: bits(1) },
    { name: 'empty', dtype: 'F32', shape: [0, 4], values: bits(0) },
    { name: 'né 🦔 "x"', dtype: 'F32', shape: [7], values: bits(7) },
  ]
}

function toPython(tensors: readonly NewTensor[]): Record<string, PythonTensor> {
  return Object.fromEntries(
    tensors.map(({ name, dtype, shape, values }) => [
      name,
      [dtype as FloatDtype, shape, [...new Uint32Array((values as Float32Array).buffer)]],
    ]),
  )
}

test('writes the very bytes that the safetensors package writes, and reads what it does', {
  skip,
}, async () => {
  const tensors = someTensors()
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')]
  await writeSafetensors(ours, tensors)
  const [, read] = runPython(python!, 'test/interop/safetensors_io.py', [
    { write: theirs, tensors: toPython(tensors), metadata: { format: 'pt' } },
    { read: ours },
  ]) as [null, Record<string, PythonTensor>]
  assert.deepEqual(readFileSync(ours), readFileSync(theirs))
  for (const entry of readTensorFile(theirs)) {
    const bits = new Uint32Array(readTensor(entry).buffer)
    assert.deepEqual([entry.dtype, entry.shape, [...bits]], read[entry.name])
  }
  assert.equal(Object.keys(read).length, tensors.length)
})

test('a sharded model that transformers saved is read whole, and saved again is the same files', {
  skip,
}, async () => {
  const [theirs, ours] = ['theirs-model', 'ours-model'].map(name => join(folder, name)) as [string, string]
  runPython(python!, 'test/interop/safetensors_io.py', [{ save: theirs, max_shard_size: '120KB' }])
  const index = readTensorIndex(theirs)
  const files = readdirSync(theirs).filter(name => name.includes('safetensors'))
  assert.ok(files.length > 3)
  // transformers divides in the order of the modules.
  const order = [
    'model.embed_tokens',
    ...[0, 1, 2].flatMap(layer => layerModules(layer)),
    'model.norm',
    'lm_head',
  ]
  const tensors = order.map(module => {
    const { name, dtype, shape, ...entry } = index.get(`${module}.weight`)!
    return { name, dtype, shape, values: () => readTensorBytes({ name, dtype, shape, ...entry }) }
  })
  assert.equal(tensors.length, index.size)
  mkdirSync(ours)
  await writeModelWeights(ours, tensors, 120_000)
  assert.deepEqual(readdirSync(ours).sort(), files.sort())
  for (const name of files)
    assert.deepEqual(readFileSync(join(ours, name)), readFileSync(join(theirs, name)), name)
})

function layerModules(layer: number): string[] {
  const names = ['q_proj', 'k_proj', 'v_proj', 'o_proj'].map(name => `self_attn.${name}`)
  names.push(...['gate_proj', 'up_proj', 'down_proj'].map(name => `mlp.${name}`))
  return [...names, 'input_layernorm', 'post_attention_layernorm'].map(
    name => `model.layers.${layer}.${name}`,
  )
}
