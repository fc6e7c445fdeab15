import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { describeError, LosslineError } from '../../error.ts'
import { readTensor } from './read-tensor.ts'
import { readTensorIndex } from './tensor-index.ts'

const folder: string = mkdtempSync(join(tmpdir(), 'lossline-weights-'))
after(() => rmSync(folder, { recursive: true }))
const file: string = join(folder, 'model.safetensors')
const index: string = join(folder, 'model.safetensors.index.json')

function write(
  header: unknown,
  dataBytes: number,
  { path = file, headerBytes }: { path?: string; headerBytes?: bigint } = {},
) {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(headerBytes ?? BigInt(json.byteLength))
  writeFileSync(path, Buffer.concat([prefix, json, Buffer.alloc(dataBytes)]))
}

function tensor(start: number, end: number, { dtype = 'F32', shape = [(end - start) / 4] } = {}) {
  return { dtype, shape, data_offsets: [start, end] }
}

function messageOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof LosslineError, String(error))
    const message = describeError(error)
    assert.doesNotMatch(message, /\n/)
    return message.replaceAll(`${folder}/`, '')
  }
  assert.fail('nothing was thrown')
}

const BAD_HEADERS: readonly (readonly [string, () => void, string])[] = [
  ['is empty', () => writeFileSync(file, ''), 'model.safetensors is cut: it has 0 bytes.'],
  [
    'ends in its header',
    () => write('{}', 0, { headerBytes: 400n }),
    'model.safetensors is cut: its header has 400 bytes, the file 10.',
  ],
  [
    'is something else',
    () => writeFileSync(file, 'PK\u0003\u0004 this is a zip file'),
    'model.safetensors is no safetensors file: its first 8 bytes give a header of 7595448452415442000 bytes, more than 100000000.',
  ],
  [
    'has no JSON',
    () => write('{"a":', 0),
    'model.safetensors is no safetensors file: its header is no JSON.',
  ],
  [
    'has JSON of another kind',
    () => write('[]', 0),
    'model.safetensors is no safetensors file: its header is no JSON object.',
  ],
  [
    'lacks an entry',
    () => write({ a: { dtype: 'F32', shape: [1] } }, 4),
    'model.safetensors a has the header {"dtype":"F32","shape":[1]}; expected dtype, shape and data_offsets.',
  ],
  [
    'has a dtype that nobody knows',
    () => write({ a: tensor(0, 4, { dtype: 'F3' }) }, 4),
    'model.safetensors a has the unknown dtype "F3".',
  ],
  [
    'is cut in its tensors',
    () => {
      write({ a: tensor(0, 8) }, 8)
      truncateSync(file, statSync(file).size - 3)
    },
    'model.safetensors is cut: its header promises 8 bytes of tensors, and it has 5.',
  ],
  [
    'has bytes behind its tensors',
    () => write({ a: tensor(0, 8) }, 9),
    'model.safetensors has 1 bytes behind its last tensor.',
  ],
  [
    'has tensors that overlap',
    () => write({ a: tensor(0, 8), b: tensor(4, 12) }, 12),
    'model.safetensors b overlaps the one before it: it starts at byte 4, expected 8.',
  ],
  [
    'has a gap',
    () => write({ a: tensor(0, 8), b: tensor(12, 16) }, 16),
    'model.safetensors b leaves a gap before it: it starts at byte 12, expected 8.',
  ],
  [
    'has a tensor of another size than its shape',
    () => write({ a: tensor(0, 8, { shape: [3] }) }, 8),
    'model.safetensors a has 8 bytes; expected 12 for F32 of shape [3].',
  ],
  [
    'has a negative offset',
    () => write({ a: tensor(-4, 0, { shape: [1] }) }, 8),
    'model.safetensors a has the header {"dtype":"F32","shape":[1],"data_offset…; expected dtype, shape and data_offsets.',
  ],
]

for (const [what, make, expected] of BAD_HEADERS) {
  test(`a file that ${what} is refused in one line`, () => {
    make()
    const message = messageOf(() => readTensorIndex(folder))
    assert.ok(message.startsWith(expected), message)
  })
}

test('a tensor of a dtype that is no float is listed, and refused when it is read', () => {
  write({ ids: tensor(0, 8, { dtype: 'I64', shape: [1] }) }, 8)
  const entry = readTensorIndex(folder).get('ids')!
  assert.deepEqual(
    { ...entry, file: '' },
    { name: 'ids', dtype: 'I64', shape: [1], file: '', startByte: 64, byteLength: 8 },
  )
  assert.match(
    messageOf(() => readTensor(entry)),
    /^model.safetensors ids is I64; expected F32, F16 or BF16\. Save/,
  )
})

test('a file that is cut after its header was read is refused when the tensor is', () => {
  write({ a: tensor(0, 8) }, 8)
  const entry = readTensorIndex(folder).get('a')!
  truncateSync(file, entry.startByte + 3)
  assert.equal(
    messageOf(() => readTensor(entry)),
    `model.safetensors is cut: it ends at byte ${entry.startByte + 3}. Copy or download it again.`,
  )
})

test('the metadata is no tensor', () => {
  write({ __metadata__: { format: 'pt' }, a: tensor(0, 4) }, 4)
  assert.deepEqual([...readTensorIndex(folder).keys()], ['a'])
})

test('a folder without weights says so, and what to do about pickled ones', () => {
  rmSync(file)
  const message = 'holds neither model.safetensors nor model.safetensors.index.json'
  assert.ok(messageOf(() => readTensorIndex(folder)).includes(`${message}. Name a model folder`))
  writeFileSync(join(folder, 'pytorch_model.bin'), '')
  assert.ok(
    messageOf(() => readTensorIndex(folder)).includes(`${message}, only pytorch_model.bin. Load it in`),
  )
})

test('shards are read by the index, and faults between the two are told in one line', () => {
  const shard = join(folder, 'model-00001-of-00002.safetensors')
  const names = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']
  const setMap = (weight_map: unknown) => writeFileSync(index, JSON.stringify({ weight_map }))
  write({ a: tensor(0, 4), b: tensor(4, 8) }, 8, { path: shard })
  setMap({ a: names[0], c: names[1] })
  assert.ok(
    messageOf(() => readTensorIndex(folder)).startsWith(
      'model.safetensors.index.json names the shard model-00002-of-00002.safetensors, which does not exist. Copy',
    ),
  )
  write({ c: tensor(0, 4) }, 4, { path: join(folder, names[1]!) })
  assert.deepEqual([...readTensorIndex(folder).keys()], ['a', 'c'])
  setMap({ a: names[0], d: names[1] })
  assert.ok(
    messageOf(() => readTensorIndex(folder)).startsWith(
      'model.safetensors.index.json puts "d" in model-00002-of-00002.safetensors, which does not hold it. Copy',
    ),
  )
  setMap({ a: '../model.safetensors' })
  assert.ok(
    messageOf(() => readTensorIndex(folder)).startsWith(
      'model.safetensors.index.json weight_map["a"] is "../model.safetensors"; expected the name of a file beside it.',
    ),
  )
  writeFileSync(index, '{"weight_map": ')
  assert.ok(
    messageOf(() => readTensorIndex(folder)).startsWith('model.safetensors.index.json holds no JSON.'),
  )
  writeFileSync(index, '[]')
  assert.ok(
    messageOf(() => readTensorIndex(folder)).startsWith('model.safetensors.index.json has no weight_map.'),
  )
})
