// Over one axis, which stays with size 1.
import { int } from '../graph.ts'
import { isSameShape, type Shape, type Tensor, toAxis } from '../tensor.ts'
import { cast, div, equal, mul, sub } from './elementwise.ts'
import { expandTo, reshape, shapeOf } from './shape.ts'

/** Sum over an axis, or over several. */
export function reduceSum(x: Tensor, axes: number | readonly number[] = -1): Tensor {
  const y = reduce('ReduceSum', x, typeof axes === 'number' ? [axes] : axes)
  return x.graph.record([x], y, dy => [expandTo(dy, x)])
}

/** Mean along an axis, whose size may be known only when the graph runs. */
export function reduceMean(x: Tensor, axis = -1): Tensor {
  const y = reduce('ReduceMean', x, [axis])
  return x.graph.record([x], y, dy => [expandTo(div(dy, countOf(x, axis)), x)])
}

/** Largest along an axis; where several are, the gradient is shared among them, as by PyTorch's `amax`. */
export function reduceMax(x: Tensor, axis = -1): Tensor {
  const y = reduce('ReduceMax', x, [axis])
  return x.graph.record([x], y, dy => {
    const isLargest = cast(equal(x, y), x.dtype)
    return [mul(isLargest, div(dy, reduceSum(isLargest, axis)))]
  })
}

/** Along the last axis; a row that is -∞ throughout is undefined. */
export function softmax(x: Tensor): Tensor {
  const y = x.graph.node('Softmax', [x], x, { attributes: { axis: int(-1) } })
  return x.graph.record([x], y, dy => [mul(y, sub(dy, reduceSum(mul(dy, y))))])
}

/** Along the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  const y = x.graph.node('LogSoftmax', [x], x, { attributes: { axis: int(-1) } })
  return x.graph.record([x], y, dy => [sub(dy, mul(x.graph.node('Exp', [y], y), reduceSum(dy)))])
}

/** Sums what broadcasting repeated: the gradient of an operand of shape `shape` from that of the result. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (isSameShape(x.shape, shape)) return x
  const added = x.shape.length - shape.length
  const axes = x.shape.flatMap((dim, i) => (i < added || (shape[i - added] === 1 && dim !== 1) ? [i] : []))
  return reshape(axes.length === 0 ? x : reduceSum(x, axes), shape)
}

function reduce(type: string, x: Tensor, axes: readonly number[]): Tensor {
  const counted = axes.map(axis => toAxis(x.shape, axis))
  const shape = x.shape.map((dim, i) => (counted.includes(i) ? 1 : dim))
  return x.graph.node(type, [x, x.graph.integers(counted)], { dtype: x.dtype, shape })
}

/** The size of an axis, as a number or as a float scalar. */
function countOf(x: Tensor, axis: number): Tensor | number {
  const counted = toAxis(x.shape, axis)
  const dim = x.shape[counted]!
  return typeof dim === 'number' ? dim : reshape(cast(shapeOf(x, counted), x.dtype), [])
}
