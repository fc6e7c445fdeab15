/** How a safetensors file names the type of a tensor's numbers. */
export type TensorDtype = keyof typeof DTYPES

/** Those that a model's weights come in, and that are read as numbers. */
export type FloatDtype = 'F32' | 'F16' | 'BF16'

/**
 * Bits of one number, in the order of the safetensors crate: it writes tensors of a later row first, so that each starts at a multiple of
 * its own size.
 */
export const DTYPES = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const

/** The place of each in {@link DTYPES}. */
export const DTYPE_ORDER: ReadonlyMap<TensorDtype, number> = new Map(
  (Object.keys(DTYPES) as TensorDtype[]).map((dtype, place) => [dtype, place]),
)

/** Whether safetensors knows a dtype by this name. */
export function isDtype(name: unknown): name is TensorDtype {
  return typeof name === 'string' && Object.hasOwn(DTYPES, name)
}

/** Whether a model's weights may be of it: the numbers that are read as float32. */
export function isFloatDtype(dtype: TensorDtype): dtype is FloatDtype {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16'
}

/** Numbers in a tensor of this shape; 1 for a scalar, whose shape is []. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1)
}

/** Bytes of a tensor; a fraction where numbers of less than a byte don't fill the last one. */
export function countBytes(dtype: TensorDtype, shape: readonly number[]): number {
  return (countElements(shape) * DTYPES[dtype]) / 8
}
