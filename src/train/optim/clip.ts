import type { Parameter } from '../trainable-model.ts'

/** Squares are added up in blocks of so many numbers, so that threads that share the work come to the same sum. */
const BLOCK = 1 << 20

/** The length of all gradients as one vector, as PyTorch's `clip_grad_norm_` tells it. */
export function gradientNorm(parameters: readonly Pick<Parameter, 'gradient'>[]): number {
  let sum = 0
  for (const { gradient } of parameters) for (const ofBlock of sumsOfSquares(gradient)) sum += ofBlock
  return Math.sqrt(sum)
}

/** Of each block of an array. */
export function sumsOfSquares(values: Float32Array): number[] {
  const blocks = Math.ceil(values.length / BLOCK)
  return Array.from({ length: blocks }, (_, b) => sumOfSquares(values.subarray(b * BLOCK, (b + 1) * BLOCK)))
}

/**
 * What gradients are multiplied by so that their norm is at most `maxNorm`.
 *
 * @param maxNorm 0: no clipping
 */
export function clipScale(norm: number, maxNorm: number): number {
  return maxNorm === 0 ? 1 : Math.min(1, maxNorm / (norm + 1e-6))
}

/** Four sums at once: one would wait for each addition before the next. */
function sumOfSquares(values: Float32Array): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  const whole = values.length & ~3
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! * values[i]!
    b += values[i + 1]! * values[i + 1]!
    c += values[i + 2]! * values[i + 2]!
    d += values[i + 3]! * values[i + 3]!
  }
  for (let i = whole; i < values.length; i++) a += values[i]! * values[i]!
  return a + b + (c + d)
}
