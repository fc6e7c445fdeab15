import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { random } from '../../../test/random.ts'
import { describeError, LosslineError } from '../../error.ts'
import { dequantize, type Quantization, quantize } from './quantize.ts'
import { writeQuantized } from './quantized-file.ts'
import { readTensorFile } from './tensor-index.ts'
import { writeSafetensors } from './write-safetensors.ts'

const matrices: fc.Arbitrary<{ rows: number; columns: number; matrix: Float32Array }> = fc
  .record({ rows: fc.integer({ min: 1, max: 4 }), columns: fc.integer({ min: 1, max: 70 }) })
  .chain(({ rows, columns }) =>
    fc
      .float32Array({ minLength: rows * columns, maxLength: rows * columns, noNaN: true, min: -8, max: 8 })
      .map(matrix => ({ rows, columns, matrix })),
  )

const quantizations: fc.Arbitrary<Quantization> = fc.record({
  bits: fc.constantFrom(4, 8),
  blockSize: fc.constantFrom(16, 32, 64),
})

test('a number comes back within a step of its block, and a block of zeros as it was', () => {
  fc.assert(
    fc.property(matrices, quantizations, ({ rows, columns, matrix }, quantization) => {
      const { bits, blockSize } = quantization
      const back = dequantize(quantize(matrix, columns, quantization), [rows, columns], quantization)
      assert.equal(back.length, matrix.length)
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column += blockSize) {
          const start = row * columns + column
          const end = row * columns + Math.min(column + blockSize, columns)
          const largest = matrix
            .subarray(start, end)
            .reduce((max, value) => Math.max(max, Math.abs(value)), 0)
          // 4 bits: the number across from the largest gets 7/8 of it, and of both a tenth may be cut off.
          const within = bits === 8 ? largest / 254 : 0.2125 * largest
          for (let i = start; i < end; i++) {
            const off = Math.abs(back[i]! - matrix[i]!)
            assert.ok(off <= within * (1 + 1e-5) + 1e-40, `${matrix[i]} came back as ${back[i]}`)
          }
        }
      }
    }),
  )
})

test('what is rounded once is rounded to itself', () => {
  // Codes of -8 to 7 with both ends in each block, times a power of two.
  const codes = [-8, 7, 0, 3, -5, 1, -1, 6, -8, 2, -7, 4, 5, -2, -3, -4]
  const matrix = Float32Array.from(codes, code => code / 32)
  const quantization: Quantization = { bits: 4, blockSize: 8 }
  assert.deepEqual(dequantize(quantize(matrix, 8, quantization), [2, 8], quantization), matrix)
})

test('normal weights come back with no larger an error than NF4 makes, 9.21 %', () => {
  const next = random(5)
  const matrix = Float32Array.from({ length: 1 << 16 }, () => {
    const [u, v] = [(next(2 ** 32) + 0.5) / 2 ** 32, next(2 ** 32) / 2 ** 32]
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)
  })
  const errorOf = (quantization: Quantization) => {
    const back = dequantize(quantize(matrix, 1024, quantization), [64, 1024], quantization)
    const squares = back.reduce((sum, value, i) => sum + (value - matrix[i]!) ** 2, 0)
    return Math.sqrt(squares / matrix.length)
  }
  const [four, eight] = [errorOf({ bits: 4, blockSize: 64 }), errorOf({ bits: 8, blockSize: 64 })]
  assert.ok(four > 0.08 && four < 0.0921, `${four}`)
  assert.ok(eight > 0.004 && eight < 0.007, `${eight}`)
})

test('a file of quantized matrices holds each where it is said to lie', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'lossline-quantized-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const values = [5, 61, 64].map((columns, i) =>
    Float32Array.from({ length: 3 * columns }, (_, at) => Math.sin(at + i)),
  )
  const source = join(folder, 'model.safetensors')
  await writeSafetensors(
    source,
    values.map((numbers, i) => ({
      name: `w${i}`,
      dtype: 'F32',
      shape: [3, numbers.length / 3],
      values: numbers,
    })),
  )
  const file = join(folder, 'quantized.bin')
  const matrices = new Map(readTensorFile(source).map(entry => [entry.name, entry]))
  for (const bits of [4, 8] as const) {
    const quantization = { bits, blockSize: 32 }
    const entries = await writeQuantized(file, matrices, quantization)
    const bytes = readFileSync(file)
    for (const [i, matrix] of values.entries()) {
      const { codes, scales, shape } = entries.get(`w${i}`)!
      assert.deepEqual([codes.startByte % 64, scales.startByte % 64], [0, 0])
      const cut = ({ startByte, byteLength }: typeof codes) =>
        Uint8Array.from(bytes.subarray(startByte, startByte + byteLength))
      const read = { codes: cut(codes), scales: new Float32Array(cut(scales).buffer) }
      assert.deepEqual(read, quantize(matrix, shape[1], quantization))
    }
  }
})

test('an infinity among the weights is told in one line', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'lossline-quantized-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const source = join(folder, 'model.safetensors')
  const values = Float32Array.of(1, Number.POSITIVE_INFINITY)
  await writeSafetensors(source, [{ name: 'w', dtype: 'F32', shape: [1, 2], values }])
  const matrices = new Map(readTensorFile(source).map(entry => [entry.name, entry]))
  const write = writeQuantized(join(folder, 'q'), matrices, { bits: 4, blockSize: 32 })
  await assert.rejects(write, error => {
    assert.ok(error instanceof LosslineError)
    assert.match(
      describeError(error),
      /model\.safetensors w holds an infinity or NaN, which no number of bits can hold\./,
    )
    return true
  })
})
