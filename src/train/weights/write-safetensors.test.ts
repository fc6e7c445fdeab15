import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { countElements, type FloatDtype } from './dtypes.ts'
import { readTensor, readTensorBytes } from './read-tensor.ts'
import { readTensorFile, readTensorIndex } from './tensor-index.ts'
import { writeModelWeights } from './write-model-weights.ts'
import { type NewTensor, writeSafetensors } from './write-safetensors.ts'

const folder: string = mkdtempSync(join(tmpdir(), 'lossline-weights-'))
after(() => rmSync(folder, { recursive: true }))

/** Numbers that every dtype holds exactly. */
const NUMBERS = [0, 1, -1, 0.5, -2.25, 96, -0.015625, Number.POSITIVE_INFINITY]

const tensors: fc.Arbitrary<NewTensor[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.string({ minLength: 1, unit: 'grapheme' }).filter(name => name !== '__metadata__'),
      dtype: fc.constantFrom<FloatDtype>('F32', 'F16', 'BF16'),
      shape: fc.array(fc.nat(5), { maxLength: 3 }),
      seed: fc.nat(7),
    })
    .map(({ name, dtype, shape, seed }) => {
      const values = Float32Array.from({ length: countElements(shape) }, (_, i) => NUMBERS[(i + seed) % 8]!)
      return { name, dtype, shape, values }
    }),
  { selector: ({ name }) => name, maxLength: 6 },
)

test('what was written is read again: names, dtypes, shapes and numbers', async () => {
  const path = join(folder, 'some.safetensors')
  await fc.assert(
    fc.asyncProperty(tensors, async written => {
      await writeSafetensors(path, written)
      const read = new Map(readTensorFile(path).map(entry => [entry.name, entry]))
      assert.equal(read.size, written.length)
      for (const { name, dtype, shape, values } of written) {
        const entry = read.get(name)!
        assert.deepEqual([entry.dtype, entry.shape], [dtype, shape])
        assert.deepEqual(readTensor(entry), values)
      }
    }),
    { numRuns: 60 },
  )
})

test('a tensor longer than the buffer comes through it whole, into shared memory too', async () => {
  const path = join(folder, 'long.safetensors')
  const values = Float32Array.from({ length: 1_300_001 }, (_, i) => (i % 512) - 256)
  const shape = [values.length]
  await writeSafetensors(path, [
    { name: 'b', dtype: 'BF16', shape, values },
    { name: 'h', dtype: 'F16', shape, values: () => values },
    { name: 'f', dtype: 'F32', shape, values },
  ])
  const [f, ...halves] = readTensorFile(path)
  for (const entry of halves) assert.deepEqual(readTensor(entry), values)
  const shared = new Float32Array(new SharedArrayBuffer(values.byteLength))
  assert.deepEqual([...readTensor(f!, shared)], [...values])
  assert.throws(
    () => readTensor(f!, new Float32Array(3)),
    /f has 1300001 numbers; the array to be filled has 3/,
  )
})

test('bytes of any dtype pass as they are', async () => {
  const path = join(folder, 'bytes.safetensors')
  const values = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
  await writeSafetensors(path, [{ name: 'ids', dtype: 'I64', shape: [1], values }])
  assert.deepEqual(readTensorBytes(readTensorFile(path)[0]!), values)
})

test('a tensor whose values do not fit its shape is refused, and no file is left', async () => {
  const path = join(folder, 'wrong.safetensors')
  const wrong = { name: 'a', dtype: 'F32', shape: [2, 2], values: new Float32Array(3) } as const
  await assert.rejects(writeSafetensors(path, [wrong]), /a of shape \[2, 2\] has 3 values; expected 4/)
  assert.deepEqual(
    readdirSync(folder).filter(name => name.startsWith('wrong')),
    [],
  )
})

test('a save in other shards takes the place of the one before it', async () => {
  const model = mkdtempSync(join(folder, 'model-'))
  const sizes = [3, 30, 3, 3]
  const all: NewTensor[] = sizes.map((size, i) => ({
    name: `t${i}`,
    dtype: 'F32',
    shape: [size],
    values: new Float32Array(size).fill(i),
  }))
  writeFileSync(join(model, 'config.json'), '{}')
  const list = () => readdirSync(model).sort()
  const check = () => {
    const index = readTensorIndex(model)
    for (const { name, values } of all) assert.deepEqual(readTensor(index.get(name)!), values)
  }
  await writeModelWeights(model, all)
  assert.deepEqual(list(), ['config.json', 'model.safetensors'])
  check()
  // The large one has a file of its own, before that of the tensors that were gathered before it.
  await writeModelWeights(model, all, 25)
  assert.deepEqual(list(), [
    'config.json',
    ...[1, 2, 3].map(i => `model-0000${i}-of-00003.safetensors`),
    'model.safetensors.index.json',
  ])
  const index = JSON.parse(readFileSync(join(model, 'model.safetensors.index.json'), 'utf8'))
  assert.deepEqual(index, {
    metadata: { total_parameters: 39, total_size: 156 },
    weight_map: {
      t0: 'model-00002-of-00003.safetensors',
      t1: 'model-00001-of-00003.safetensors',
      t2: 'model-00002-of-00003.safetensors',
      t3: 'model-00003-of-00003.safetensors',
    },
  })
  check()
  await writeModelWeights(model, all, 60)
  check()
  await writeModelWeights(model, all)
  assert.deepEqual(list(), ['config.json', 'model.safetensors'])
})
