// Element by element: each op with its ONNX node and its gradient.
import { int } from '../graph.ts'
import { broadcastShapes, DTYPES, type Dtype, shapeError, type Tensor } from '../tensor.ts'
import { sumTo } from './reduce.ts'

/** A tensor, or a number that becomes one. */
export type Operand = Tensor | number

type Unary = (x: Tensor) => Tensor
type Binary = (a: Operand, b: Operand) => Tensor

interface UnaryStep {
  readonly x: Tensor
  readonly y: Tensor
  readonly dy: Tensor
}

interface BinaryStep {
  readonly a: Tensor
  readonly b: Tensor
  readonly y: Tensor
  readonly dy: Tensor
}

export const neg: Unary = unary('Neg', ({ dy }) => neg(dy))
export const exp: Unary = unary('Exp', ({ y, dy }) => mul(dy, y))
export const log: Unary = unary('Log', ({ x, dy }) => div(dy, x))
export const sqrt: Unary = unary('Sqrt', ({ y, dy }) => div(mul(dy, 0.5), y))
export const reciprocal: Unary = unary('Reciprocal', ({ y, dy }) => neg(mul(dy, mul(y, y))))
export const sigmoid: Unary = unary('Sigmoid', ({ y, dy }) => mul(dy, mul(y, sub(1, y))))
export const tanh: Unary = unary('Tanh', ({ y, dy }) => mul(dy, sub(1, mul(y, y))))
export const erf: Unary = unary('Erf', ({ x, dy }) =>
  mul(dy, mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x))))),
)
export const sin: Unary = unary('Sin', ({ x, dy }) => mul(dy, cos(x)))
export const cos: Unary = unary('Cos', ({ x, dy }) => neg(mul(dy, sin(x))))
export const relu: Unary = unary('Relu', ({ y, dy }) => mul(dy, cast(greater(y, 0), y.dtype)))

/** a + b; as all of two operands, with NumPy's broadcasting. */
export const add: Binary = binary('Add', ({ dy }) => [dy, dy])
export const sub: Binary = binary('Sub', ({ dy }) => [dy, neg(dy)])
export const mul: Binary = binary('Mul', ({ a, b, dy }) => [mul(dy, b), mul(dy, a)])
export const div: Binary = binary('Div', ({ b, y, dy }) => [div(dy, b), neg(div(mul(dy, y), b))])

export const equal: Binary = comparison('Equal')
export const less: Binary = comparison('Less')
export const lessOrEqual: Binary = comparison('LessOrEqual')
export const greater: Binary = comparison('Greater')
export const and: Binary = comparison('And')

/** Of bool. No gradient, as of the comparisons. */
export function not(x: Tensor): Tensor {
  return x.graph.node('Not', [x], x)
}

/** `a` where `condition` holds, else `b`. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const { graph } = condition
  const [x, y] = toTensors(a, b, graph.scalar(0))
  const shape = broadcastShapes(condition.shape, broadcastShapes(x.shape, y.shape))
  const output = graph.node('Where', [condition, x, y], { dtype: x.dtype, shape })
  return graph.record([condition, x, y], output, dy => [
    undefined,
    sumTo(where(condition, dy, 0), x.shape),
    sumTo(where(condition, 0, dy), y.shape),
  ])
}

/** The same numbers in another element type; gradients come back in that of `x`. */
export function cast(x: Tensor, dtype: Dtype): Tensor {
  if (x.dtype === dtype) return x
  const y = x.graph.node('Cast', [x], { dtype, shape: x.shape }, { attributes: { to: int(DTYPES[dtype]) } })
  return isFloat(x.dtype) && isFloat(dtype) ? x.graph.record([x], y, dy => [cast(dy, x.dtype)]) : y
}

function isFloat(dtype: Dtype): boolean {
  return dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16'
}

function unary(type: string, gradient: (step: UnaryStep) => Tensor): Unary {
  return x => {
    const y = x.graph.node(type, [x], x)
    return x.graph.record([x], y, dy => [gradient({ x, y, dy })])
  }
}

function binary(type: string, gradient: (step: BinaryStep) => readonly [Tensor, Tensor]): Binary {
  return (left, right) => {
    const [a, b] = toTensors(left, right)
    const y = a.graph.node(type, [a, b], { dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) })
    return a.graph.record([a, b], y, dy => {
      const [da, db] = gradient({ a, b, y, dy })
      return [sumTo(da, a.shape), sumTo(db, b.shape)]
    })
  }
}

function comparison(type: string): Binary {
  return (left, right) => {
    const [a, b] = toTensors(left, right)
    return a.graph.node(type, [a, b], { dtype: 'bool', shape: broadcastShapes(a.shape, b.shape) })
  }
}

/** Both operands as tensors of one element type: numbers take that of the tensor beside them, or of `like`. */
function toTensors(a: Operand, b: Operand, like?: Tensor): readonly [Tensor, Tensor] {
  const model = typeof a !== 'number' ? a : typeof b !== 'number' ? b : like
  if (model === undefined) throw shapeError('an op needs a tensor among its operands')
  const tensors = [toTensor(a, model), toTensor(b, model)] as const
  if (tensors[0].dtype !== tensors[1].dtype) {
    throw shapeError(
      `operands are ${tensors[0].dtype} (${tensors[0].name}) and ${tensors[1].dtype} (${tensors[1].name})`,
    )
  }
  return tensors
}

function toTensor(operand: Operand, like: Tensor): Tensor {
  if (typeof operand !== 'number') return operand
  const { graph, dtype } = like
  if (dtype === 'float32') return graph.scalar(operand)
  if (dtype === 'int64') return graph.constant(BigInt64Array.of(BigInt(operand)), [])
  if (dtype === 'int32') return graph.constant(Int32Array.of(operand), [])
  throw shapeError(`a number beside a tensor of ${dtype}`)
}
