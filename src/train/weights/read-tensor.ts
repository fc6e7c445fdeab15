import { LosslineError } from '../../error.ts'
import { countElements, isFloatDtype } from './dtypes.ts'
import { decodeBfloat16, decodeFloat16 } from './half.ts'
import { readFully, withFile } from './read-header.ts'
import type { TensorEntry } from './tensor-index.ts'

/** Numbers of 16 bits are read through a buffer of this many bytes, so that a tensor is never in memory twice. */
const BUFFER_BYTES = 1 << 20

/**
 * A tensor's numbers as float32, row by row; what is stored in 16 bits is widened while it is read.
 *
 * @param into the array to be filled, as long as the tensor; a new one unless given. It may lie on shared memory
 * @throws LosslineError `weights/dtype` for a tensor that is neither F32, F16 nor BF16, `weights/cut`, `weights/unreadable`
 */
export function readTensor(
  entry: TensorEntry,
  into: Float32Array = new Float32Array(countElements(entry.shape)),
): Float32Array {
  const { dtype, shape, file, startByte } = entry
  const length = countElements(shape)
  if (into.length !== length) {
    throw new RangeError(`${entry.name} has ${length} numbers; the array to be filled has ${into.length}`)
  }
  if (!isFloatDtype(dtype)) throw notFloat(entry)
  withFile(file, descriptor => {
    if (dtype === 'F32') {
      readFully(descriptor, new Uint8Array(into.buffer, into.byteOffset, into.byteLength), startByte, file)
      return
    }
    const decode = dtype === 'F16' ? decodeFloat16 : decodeBfloat16
    const buffer = new Uint16Array(Math.min(length, BUFFER_BYTES / 2))
    for (let at = 0; at < length; at += buffer.length) {
      const halves = buffer.subarray(0, length - at)
      readFully(descriptor, new Uint8Array(halves.buffer, 0, halves.byteLength), startByte + 2 * at, file)
      decode(halves, into, at)
    }
  })
  return into
}

/**
 * Some rows of a matrix as float32, one after the other; the others are not read.
 *
 * @throws LosslineError as `readTensor`
 */
export function readTensorRows(entry: TensorEntry, rows: readonly number[]): Float32Array {
  const [, width = 1] = entry.shape
  const { dtype, startByte, byteLength } = entry
  if (!isFloatDtype(dtype)) throw notFloat(entry)
  const rowBytes = byteLength / entry.shape[0]!
  const numbers = new Float32Array(rows.length * width)
  for (const [r, row] of rows.entries()) {
    const ofRow = { ...entry, shape: [width], startByte: startByte + row * rowBytes, byteLength: rowBytes }
    readTensor(ofRow, numbers.subarray(r * width, (r + 1) * width))
  }
  return numbers
}

/** A tensor's bytes as they lie in its file, of whatever dtype. */
export function readTensorBytes({ file, startByte, byteLength }: TensorEntry): Uint8Array {
  const bytes = new Uint8Array(byteLength)
  withFile(file, descriptor => readFully(descriptor, bytes, startByte, file))
  return bytes
}

function notFloat({ name, dtype, file }: TensorEntry): LosslineError {
  const what = `is ${dtype}; expected F32, F16 or BF16`
  const fix = 'Save the model with one of these dtypes (quantised checkpoints are not read).'
  return new LosslineError('weights/dtype', what, { where: `${file} ${name}`, fix })
}
