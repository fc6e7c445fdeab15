// Products of matrices, where nearly all of the time goes.
import { type Attribute, float, int } from '../graph.ts'
import { broadcastShapes, describeShape, type Shape, shapeError, type Tensor } from '../tensor.ts'
import { add } from './elementwise.ts'
import { sumTo } from './reduce.ts'

interface MatmulOptions {
  /** Reads the last two axes of `a` (of `b`) the other way round. */
  readonly transA?: boolean
  readonly transB?: boolean
  /** A factor for the result. */
  readonly alpha?: number
}

/** alpha · a · b over the last two axes, for each of the leading ones; `a` and `b` have as many axes. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transA = false, transB = false, alpha = 1 } = options
  const [rows, inner] = lastTwo(a.shape, transA)
  const [innerB, columns] = lastTwo(b.shape, transB)
  if (inner !== innerB || a.shape.length !== b.shape.length) {
    throw shapeError(`matmul of ${describeShape(a.shape)} and ${describeShape(b.shape)}`)
  }
  const shape = [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns]
  const attributes = { transA: int(Number(transA)), transB: int(Number(transB)), alpha: float(alpha) }
  const domain = 'com.microsoft'
  const y = a.graph.node('FusedMatMul', [a, b], { dtype: a.dtype, shape }, { domain, attributes })
  return a.graph.record([a, b], y, dy => [
    sumTo(
      transA
        ? matmul(b, dy, { transA: transB, transB: true, alpha })
        : matmul(dy, b, { transB: !transB, alpha }),
      a.shape,
    ),
    sumTo(
      transB
        ? matmul(dy, a, { transA: true, transB: transA, alpha })
        : matmul(a, dy, { transA: !transA, alpha }),
      b.shape,
    ),
  ])
}

interface GemmOptions extends MatmulOptions {
  /** Added to the result, for nothing: of its shape, or [columns], or a scalar. */
  readonly plus?: Tensor | undefined
}

/** alpha · a · b + plus for matrices. */
export function gemm(a: Tensor, b: Tensor, options: GemmOptions = {}): Tensor {
  const { transA = false, transB = false, alpha = 1, plus } = options
  const [rows, inner] = lastTwo(a.shape, transA)
  const [innerB, columns] = lastTwo(b.shape, transB)
  if (inner !== innerB || a.shape.length !== 2 || b.shape.length !== 2) {
    throw shapeError(`gemm of ${describeShape(a.shape)} and ${describeShape(b.shape)}`)
  }
  const attributes: Record<string, Attribute> = {}
  if (transA) attributes['transA'] = int(1)
  if (transB) attributes['transB'] = int(1)
  if (alpha !== 1) attributes['alpha'] = float(alpha)
  const inputs = plus === undefined ? [a, b] : [a, b, plus]
  const y = a.graph.node('Gemm', inputs, { dtype: a.dtype, shape: [rows, columns] }, { attributes })
  return a.graph.record(inputs, y, dy => {
    const da = (b: Tensor): Tensor =>
      transA ? gemm(b, dy, { transA: transB, transB: true, alpha }) : gemm(dy, b, { transB: !transB, alpha })
    const db = (a: Tensor): Tensor =>
      transB ? gemm(dy, a, { transA: true, transB: transA, alpha }) : gemm(a, dy, { transA: !transA, alpha })
    const parts = [da(a.graph.recall(b)), db(a.graph.recall(a))]
    return plus === undefined ? parts : [...parts, sumTo(dy, plus.shape)]
  })
}

interface LinearOptions {
  /** [out] */
  readonly bias?: Tensor | undefined
  /** [rows, out], added to the result. */
  readonly plus?: Tensor | undefined
  readonly alpha?: number
}

/** x · weightᵀ, as PyTorch's `Linear`: x is [rows, in], `weight` [out, in] as checkpoints have it. */
export function linear(x: Tensor, weight: Tensor, options: LinearOptions = {}): Tensor {
  const { bias, plus, alpha = 1 } = options
  const y = gemm(x, weight, { transB: true, alpha, plus: plus ?? bias })
  return plus !== undefined && bias !== undefined ? add(y, bias) : y
}

function lastTwo(shape: Shape, isTransposed: boolean): readonly [Shape[number], Shape[number]] {
  const [rows, columns] = shape.slice(-2)
  if (rows === undefined || columns === undefined)
    throw shapeError(`a matrix of shape ${describeShape(shape)}`)
  return isTransposed ? [columns, rows] : [rows, columns]
}
