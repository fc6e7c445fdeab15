import { LosslineError } from '../../error.ts'
import type { Graph } from './graph.ts'

/** The element types that graphs use, each with its number in ONNX's TensorProto. */
export const DTYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  bfloat16: 16,
  uint4: 21,
  int4: 22,
} as const

export type Dtype = keyof typeof DTYPES

/** A dimension: its size, or the name of one that is known when the graph runs (`tokens`). Equal names are equal sizes. */
export type Dim = number | string

export type Shape = readonly Dim[]

/** What a node of a graph gives, a weight, or an input: a value that exists when the graph runs. */
export interface Tensor {
  readonly graph: Graph
  /** Unique in its graph. */
  readonly name: string
  readonly dtype: Dtype
  readonly shape: Shape
  /** Given where the elements are codes of a quantized matrix: each stands for code · scale of its block. */
  readonly blocks?: Blocks
}

/** Blocks of a row that share a scale, the last one maybe shorter. */
export interface Blocks {
  readonly size: number
  /** float32 [rows, blocks of a row] */
  readonly scales: Tensor
}

/** An axis counted from the front; negative axes count from the back, as in NumPy. */
export function toAxis(shape: Shape, axis: number): number {
  const counted = axis < 0 ? axis + shape.length : axis
  if (counted < 0 || counted >= shape.length) {
    throw shapeError(`axis ${axis} of a tensor of shape ${describeShape(shape)}`)
  }
  return counted
}

/** The shape that `a` and `b` have together, by NumPy's broadcasting. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1
    const y = b[i - rank + b.length] ?? 1
    if (x === y || y === 1) return x
    if (x === 1) return y
    throw shapeError(`shapes ${describeShape(a)} and ${describeShape(b)} do not broadcast`)
  })
}

/** Number of elements where all dimensions are known. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1)
}

/** Whether sizes and names are equal; two names may still stand for one size. */
export function isSameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i])
}

/** `[tokens, 576]` */
export function describeShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** A graph that was put together wrongly: a mistake in the code of a model, not in what the user gave. */
export function shapeError(what: string): LosslineError {
  return new LosslineError('train/graph-shape', what)
}
