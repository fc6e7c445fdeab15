import { writeFileWhole } from '../../dataset/index.ts'
import { LosslineError } from '../../error.ts'
import { countQuantizedBytes, type Quantization, quantize } from './quantize.ts'
import { readTensor } from './read-tensor.ts'
import type { TensorEntry } from './tensor-index.ts'

/** A range of a file. */
export interface ByteRange {
  readonly startByte: number
  readonly byteLength: number
}

/** Where a quantized matrix lies: its codes and its scales. */
export interface QuantizedEntry {
  readonly file: string
  readonly shape: readonly [number, number]
  readonly quantization: Quantization
  readonly codes: ByteRange
  readonly scales: ByteRange
}

/** Kernels read whole vectors. */
const ALIGNMENT = 64

/**
 * Writes matrices in 4 or 8 bits into one file, which a graph can name as its external data. One matrix is in memory at a time.
 *
 * @returns where each lies, by the keys of `matrices`
 * @throws LosslineError `weights/not-finite` for a matrix with a NaN or an infinity, and those of reading and writing
 */
export async function writeQuantized(
  file: string,
  matrices: ReadonlyMap<string, TensorEntry>,
  quantization: Quantization,
): Promise<Map<string, QuantizedEntry>> {
  const entries = new Map<string, QuantizedEntry>()
  let end = 0
  const reserve = (byteLength: number): ByteRange => {
    const startByte = Math.ceil(end / ALIGNMENT) * ALIGNMENT
    end = startByte + byteLength
    return { startByte, byteLength }
  }
  for (const [name, { shape }] of matrices) {
    const [rows, columns] = shape
    if (shape.length !== 2) throw new RangeError(`${name} is no matrix`)
    const size = [rows!, columns!] as const
    const bytes = countQuantizedBytes(size, quantization)
    const codes = reserve(bytes.codes)
    entries.set(name, { file, shape: size, quantization, codes, scales: reserve(bytes.scales) })
  }
  await writeFileWhole(file, listBytes(matrices, entries))
  return entries
}

function* listBytes(
  matrices: ReadonlyMap<string, TensorEntry>,
  entries: ReadonlyMap<string, QuantizedEntry>,
): Generator<Uint8Array> {
  let end = 0
  for (const [name, { shape, quantization, codes, scales }] of entries) {
    const matrix = readTensor(matrices.get(name)!)
    if (!isAllFinite(matrix)) throw notFinite(matrices.get(name)!)
    const quantized = quantize(matrix, shape[1], quantization)
    for (const [range, values] of [
      [codes, quantized.codes],
      [scales, quantized.scales],
    ] as const) {
      if (range.startByte > end) yield new Uint8Array(range.startByte - end)
      yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
      end = range.startByte + range.byteLength
    }
  }
}

/** Several times as fast as `every`, and weights are many. */
function isAllFinite(values: Float32Array): boolean {
  let zero = 0
  for (let i = 0; i < values.length; i++) zero += values[i]! * 0
  return zero === 0
}

function notFinite({ file, name }: TensorEntry): LosslineError {
  const what = 'holds an infinity or NaN, which no number of bits can hold'
  return new LosslineError('weights/not-finite', what, {
    where: `${file} ${name}`,
    fix: 'Copy or download the model again.',
  })
}
