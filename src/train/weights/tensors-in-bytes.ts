import { LosslineError } from '../../error.ts'
import { countElements, isFloatDtype } from './dtypes.ts'
import { decodeBfloat16, decodeFloat16 } from './half.ts'
import { parseHeader } from './header.ts'
import type { TensorEntry } from './tensor-index.ts'

/**
 * The tensors of a safetensors file that is in memory, as a page has it.
 *
 * @param file its name, for errors and as `file` of the entries
 * @throws LosslineError `weights/cut`, and those of the header
 */
export function listTensors(bytes: Uint8Array, file: string): TensorEntry[] {
  const fix = 'Copy or download it again.'
  if (bytes.byteLength < 8)
    throw new LosslineError('weights/cut', `is cut: it has ${bytes.byteLength} bytes`, { where: file, fix })
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true))
  const dataStart = 8 + length
  if (dataStart > bytes.byteLength) {
    const what = `is cut: its header has ${length} bytes, the file ${bytes.byteLength}`
    throw new LosslineError('weights/cut', what, { where: file, fix })
  }
  const { tensors } = parseHeader(bytes.subarray(8, dataStart), bytes.byteLength - dataStart, file)
  return tensors.map(tensor => ({ ...tensor, file, startByte: dataStart + tensor.startByte }))
}

/**
 * Writes a tensor's numbers into `into`, as float32.
 *
 * @throws LosslineError `weights/dtype` for one that is neither F32, F16 nor BF16
 */
export function copyTensor(bytes: Uint8Array, entry: TensorEntry, into: Float32Array): void {
  const { dtype, shape, startByte, byteLength, name, file } = entry
  if (!isFloatDtype(dtype)) {
    const what = `is ${dtype}; expected F32, F16 or BF16`
    throw new LosslineError('weights/dtype', what, {
      where: `${file} ${name}`,
      fix: 'Save it as one of these.',
    })
  }
  if (into.length !== countElements(shape))
    throw new RangeError(`${name} has ${countElements(shape)} numbers`)
  // A copy of its own: a tensor may lie at any byte, and an array of numbers may not.
  const { buffer } = bytes.slice(startByte, startByte + byteLength)
  if (dtype === 'F32') into.set(new Float32Array(buffer))
  else if (dtype === 'F16') decodeFloat16(new Uint16Array(buffer), into)
  else decodeBfloat16(new Uint16Array(buffer), into)
}
