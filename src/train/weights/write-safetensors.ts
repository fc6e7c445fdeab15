import { writeFileWhole } from '../../dataset/index.ts'
import { countBytes, countElements, DTYPE_ORDER, type TensorDtype } from './dtypes.ts'
import { encodeBfloat16, encodeFloat16 } from './half.ts'
import { formatHeader, type HeaderTensor } from './header.ts'

/** A tensor to be written. */
export interface NewTensor {
  readonly name: string
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  /**
   * Its numbers, to be stored as F32, F16 or BF16, or its bytes as they are. A function is asked when the tensor's turn has come, so that
   * the tensors of a large file are not in memory together.
   */
  readonly values: Float32Array | Uint8Array | (() => Float32Array | Uint8Array)
}

/** What transformers asks of a file that it reads: its tensors are PyTorch's. */
export const PYTORCH_METADATA: Readonly<Record<string, string>> = { format: 'pt' }

/** What is written at a time. */
const PIECE_BYTES = 1 << 26
/** Numbers that are narrowed at a time. */
const PIECE = 1 << 20

/**
 * Writes a safetensors file, byte for byte as the safetensors crate writes these tensors: largest dtypes first, then by name. It is written
 * aside and renamed, so the name only ever means a whole file.
 *
 * @throws LosslineError those of `writeFileWhole`: `dataset/disk-full` and others
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<NewTensor>,
  metadata: Readonly<Record<string, string>> = PYTORCH_METADATA,
): Promise<void> {
  const ordered = [...tensors].sort(compareTensors)
  let startByte = 0
  const entries: HeaderTensor[] = ordered.map(({ name, dtype, shape }) => {
    const byteLength = countBytes(dtype, shape)
    const entry = { name, dtype, shape, startByte, byteLength }
    startByte += byteLength
    return entry
  })
  await writeFileWhole(path, listBytes(formatHeader({ tensors: entries, metadata }), ordered))
}

function* listBytes(header: Uint8Array, tensors: readonly NewTensor[]): Generator<Uint8Array> {
  yield header
  for (const tensor of tensors) yield* toBytes(tensor)
}

function* toBytes({ name, dtype, shape, values }: NewTensor): Generator<Uint8Array> {
  const given = typeof values === 'function' ? values() : values
  const length = given instanceof Uint8Array ? countBytes(dtype, shape) : countElements(shape)
  if (given.length !== length) {
    throw new RangeError(
      `${name} of shape [${shape.join(', ')}] has ${given.length} values; expected ${length}`,
    )
  }
  if (given instanceof Uint8Array) yield* cut(given)
  else if (dtype === 'F32') yield* cut(new Uint8Array(given.buffer, given.byteOffset, given.byteLength))
  else if (dtype === 'F16') yield* narrow(given, encodeFloat16)
  else if (dtype === 'BF16') yield* narrow(given, encodeBfloat16)
  else throw new RangeError(`${name}: numbers are written as F32, F16 or BF16, not as ${dtype}`)
}

/** No system writes, and no hash takes, 2 GiB at once. */
function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

function* narrow(
  floats: Float32Array,
  encode: (floats: Float32Array, halves: Uint16Array) => void,
): Generator<Uint8Array> {
  const halves = new Uint16Array(Math.min(PIECE, floats.length))
  for (let at = 0; at < floats.length; at += PIECE) {
    const piece = floats.subarray(at, at + PIECE)
    encode(piece, halves)
    yield new Uint8Array(halves.buffer, 0, 2 * piece.length)
  }
}

function compareTensors(a: NewTensor, b: NewTensor): number {
  return DTYPE_ORDER.get(b.dtype)! - DTYPE_ORDER.get(a.dtype)! || compareBytes(a.name, b.name)
}

/** By UTF-8, as Rust compares strings. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
