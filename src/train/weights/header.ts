import { LosslineError, quote } from '../../error.ts'
import { countBytes, countElements, isDtype, type TensorDtype } from './dtypes.ts'

/** One tensor of a safetensors file. */
export interface HeaderTensor {
  readonly name: string
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  /** From the first byte behind the header. */
  readonly startByte: number
  readonly byteLength: number
}

/** What stands at the head of a safetensors file: its length in 8 bytes, then this as JSON, padded with spaces. */
export interface Header {
  /** In the order of their bytes. */
  readonly tensors: readonly HeaderTensor[]
  readonly metadata: Readonly<Record<string, string>>
}

/** The safetensors crate reads no longer one. */
export const MAX_HEADER_BYTES = 100_000_000

const METADATA = '__metadata__'
const DAMAGED = 'Copy or download it again.'

/**
 * The header of a file, checked as the safetensors crate checks it: the tensors' bytes must follow each other without gap or overlap and end
 * with the file.
 *
 * @param bytes the JSON
 * @param dataBytes bytes of the file behind the header
 * @param file for errors
 * @throws LosslineError `weights/header`, `weights/dtype`, `weights/offsets`, `weights/cut`
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, file: string): Header {
  const { [METADATA]: metadata, ...entries } = parseObject(bytes, file)
  const tensors = Object.entries(entries).map(([name, entry]) => toTensor(name, entry, file))
  tensors.sort((a, b) => a.startByte - b.startByte || a.byteLength - b.byteLength)
  let end = 0
  for (const { name, startByte, byteLength } of tensors) {
    if (startByte !== end) {
      const what = `${startByte < end ? 'overlaps the one before it' : 'leaves a gap before it'}: it starts at byte ${startByte}, expected ${end}`
      throw new LosslineError('weights/offsets', what, { where: `${file} ${name}`, fix: DAMAGED })
    }
    end = startByte + byteLength
  }
  if (end > dataBytes) {
    const what = `is cut: its header promises ${end.toLocaleString('en')} bytes of tensors, and it has ${dataBytes.toLocaleString('en')}`
    throw new LosslineError('weights/cut', what, { where: file, fix: DAMAGED })
  }
  if (end < dataBytes) {
    const what = `has ${(dataBytes - end).toLocaleString('en')} bytes behind its last tensor`
    throw new LosslineError('weights/offsets', what, { where: file, fix: DAMAGED })
  }
  return { tensors, metadata: toMetadata(metadata, file) }
}

/** The first bytes of a file: its header's length and its header, as the safetensors crate pads it. */
export function formatHeader({ tensors, metadata }: Header): Uint8Array {
  const entries: Record<string, unknown> = Object.keys(metadata).length > 0 ? { [METADATA]: metadata } : {}
  for (const { name, dtype, shape, startByte, byteLength } of tensors) {
    entries[name] = { dtype, shape, data_offsets: [startByte, startByte + byteLength] }
  }
  const json = Buffer.from(JSON.stringify(entries))
  const padded = Buffer.alloc(8 + Math.ceil(json.byteLength / 8) * 8, ' ')
  padded.writeBigUInt64LE(BigInt(padded.byteLength - 8))
  padded.set(json, 8)
  return padded
}

function parseObject(bytes: Uint8Array, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (isObject(value)) return value
  } catch (cause) {
    const what = 'is no safetensors file: its header is no JSON'
    throw new LosslineError('weights/header', what, { where: file, fix: DAMAGED, cause })
  }
  const what = 'is no safetensors file: its header is no JSON object'
  throw new LosslineError('weights/header', what, { where: file, fix: DAMAGED })
}

function toTensor(name: string, entry: unknown, file: string): HeaderTensor {
  const where = `${file} ${name}`
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {}
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    const what = `has the header ${quote(entry)}; expected dtype, shape and data_offsets`
    throw new LosslineError('weights/header', what, { where, fix: DAMAGED })
  }
  if (!isDtype(dtype)) {
    const fix = 'Save the model with a dtype of F32, F16 or BF16.'
    throw new LosslineError('weights/dtype', `has the unknown dtype ${quote(dtype)}`, { where, fix })
  }
  const [startByte, endByte] = offsets as [number, number]
  const expected = countBytes(dtype, shape)
  if (!Number.isSafeInteger(countElements(shape)) || endByte - startByte !== expected) {
    const what = `has ${endByte - startByte} bytes; expected ${expected} for ${dtype} of shape [${shape.join(', ')}]`
    throw new LosslineError('weights/offsets', what, { where, fix: DAMAGED })
  }
  return { name, dtype, shape, startByte, byteLength: endByte - startByte }
}

function toMetadata(metadata: unknown, file: string): Record<string, string> {
  if (metadata === undefined || metadata === null) return {}
  if (isObject(metadata) && Object.values(metadata).every(value => typeof value === 'string')) {
    return metadata as Record<string, string>
  }
  const what = `${METADATA} is ${quote(metadata)}; expected texts by name`
  throw new LosslineError('weights/header', what, { where: file, fix: DAMAGED })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(count => Number.isSafeInteger(count) && count >= 0)
}
