// What moves numbers and changes none.
import { int, ints } from '../graph.ts'
import {
  type Dim,
  describeShape,
  isSameShape,
  type Shape,
  shapeError,
  type Tensor,
  toAxis,
} from '../tensor.ts'

/**
 * The same numbers in another shape.
 *
 * One dimension of `shape` may be a name that `x` does not have at the same axis: its size follows from the others.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (isSameShape(x.shape, shape)) return x
  const target = shape.map((dim, i) => (typeof dim === 'number' ? dim : dim === x.shape[i] ? 0 : -1))
  if (target.filter(dim => dim === -1).length > 1) {
    throw shapeError(`reshaping ${describeShape(x.shape)} to ${describeShape(shape)} leaves two sizes open`)
  }
  const y = x.graph.node('Reshape', [x, x.graph.integers(target)], { dtype: x.dtype, shape })
  return x.graph.record([x], y, dy => [reshape(dy, x.shape)])
}

/** Axes in another order: `order[i]` is the axis of `x` that becomes axis i. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  const shape = order.map(axis => x.shape[axis]!)
  const attributes = { perm: ints(order) }
  const y = x.graph.node('Transpose', [x], { dtype: x.dtype, shape }, { attributes })
  const back = order.map((_, axis) => order.indexOf(axis))
  return x.graph.record([x], y, dy => [transpose(dy, back)])
}

/** One after the other along `axis`; `dim` names the size of the result where it isn't the sum of known sizes. */
export function concat(
  parts: readonly Tensor[],
  options: { readonly axis: number; readonly dim?: Dim },
): Tensor {
  const [first] = parts
  if (first === undefined) throw shapeError('concat of no tensors')
  if (parts.length === 1) return first
  const { graph } = first
  const axis = toAxis(first.shape, options.axis)
  const size = options.dim ?? sumOf(parts.map(part => part.shape[axis]!))
  const shape = first.shape.map((dim, i) => (i === axis ? size : dim))
  const y = graph.node('Concat', parts, { dtype: first.dtype, shape }, { attributes: { axis: int(axis) } })
  return graph.record(parts, y, dy => {
    let start: Tensor | number = 0
    return parts.map(part => {
      const dim = part.shape[axis]!
      const end =
        typeof dim === 'number' && typeof start === 'number' ? start + dim : plus(start, shapeOf(part, axis))
      const piece = slice(dy, { axis, start, end, dim })
      start = end
      return piece
    })
  })
}

interface SliceOptions {
  readonly axis: number
  /** First index, and that behind the last: numbers, or int64 tensors of shape [1]. */
  readonly start: Tensor | number
  readonly end: Tensor | number
  /** Size of the result; needed where a bound is a tensor. */
  readonly dim?: Dim
}

/** What lies from `start` to before `end` on an axis. */
export function slice(x: Tensor, options: SliceOptions): Tensor {
  const { graph } = x
  const { start, end } = options
  const axis = toAxis(x.shape, options.axis)
  const dim = options.dim ?? (typeof start === 'number' && typeof end === 'number' ? end - start : undefined)
  if (dim === undefined) throw shapeError(`a slice of ${x.name} between tensors has no name for its size`)
  const shape = x.shape.map((known, i) => (i === axis ? dim : known))
  const bounds = [start, end].map(bound => (typeof bound === 'number' ? graph.integers([bound]) : bound))
  const y = graph.node('Slice', [x, ...bounds, graph.integers([axis])], { dtype: x.dtype, shape })
  return graph.record([x], y, dy => [padLike(dy, { axis, start: bounds[0]!, like: x })])
}

interface PadOptions {
  readonly axis: number
  /** int64 [2]: how many zeros come before and behind. */
  readonly pads: Tensor
  /** Size of the result. */
  readonly dim: Dim
}

/** Zeros before and behind `x` on an axis. */
export function pad(x: Tensor, options: PadOptions): Tensor {
  const { graph } = x
  const { pads, dim } = options
  const axis = toAxis(x.shape, options.axis)
  const shape = x.shape.map((known, i) => (i === axis ? dim : known))
  const y = graph.node('Pad', [x, pads, undefined, graph.integers([axis])], { dtype: x.dtype, shape })
  return graph.record([x], y, dy => {
    const start = slice(pads, { axis: 0, start: 0, end: 1 })
    return [slice(dy, { axis, start, end: plus(start, shapeOf(x, axis)), dim: x.shape[axis]! })]
  })
}

/** `x` among zeros, from `start` on an axis as long as that of `like`: the gradient of a slice. */
function padLike(x: Tensor, { axis, start, like }: { axis: number; start: Tensor; like: Tensor }): Tensor {
  const { graph } = x
  const end = plus(start, shapeOf(x, axis))
  const behind = graph.node('Sub', [shapeOf(like, axis), end], end)
  return pad(x, { axis, pads: concat([start, behind], { axis: 0 }), dim: like.shape[axis]! })
}

/** Repeats axes of size 1 until the shape is that of `like`. */
export function expandTo(x: Tensor, like: Tensor): Tensor {
  if (isSameShape(x.shape, like.shape)) return x
  const { graph } = x
  const sizes = graph.node('Shape', [like], { dtype: 'int64', shape: [like.shape.length] })
  return graph.node('Expand', [x, sizes], { dtype: x.dtype, shape: like.shape })
}

/** The size of an axis when the graph runs, int64 [1]. */
export function shapeOf(x: Tensor, axis: number): Tensor {
  const dim = x.shape[axis]!
  if (typeof dim === 'number') return x.graph.integers([dim])
  const attributes = { start: int(axis), end: int(axis + 1) }
  return x.graph.node('Shape', [x], { dtype: 'int64', shape: [1] }, { attributes })
}

function plus(a: Tensor | number, b: Tensor): Tensor {
  const { graph } = b
  return graph.node('Add', [typeof a === 'number' ? graph.integers([a]) : a, b], {
    dtype: 'int64',
    shape: [1],
  })
}

function sumOf(dims: readonly Dim[]): Dim {
  return dims.every(dim => typeof dim === 'number') ? dims.reduce((sum, dim) => sum + dim, 0) : dims.join('+')
}
