import {
  add,
  cast,
  div,
  gemm,
  mul,
  type NoiseSource,
  reduceSum,
  reshape,
  sqrt,
  type Tensor,
  widen,
} from '../graph/index.ts'
import type { Linear } from './description.ts'
import { drop } from './drop.ts'

/** The trained parts of one linear layer: y = xWᵀ + b + scaling · (xAᵀ)Bᵀ. */
export interface LoraTensors {
  /** A: [rank, in] */
  readonly down: Tensor
  /** B: [out, rank] */
  readonly up: Tensor
  readonly scaling: number
  /** Share of the numbers of x that A does not see. */
  readonly dropout: number
  /** DoRA: the length that each row of the adapted weight is brought to, [out]. */
  readonly magnitude: Tensor | undefined
}

interface AdaptedProjectOptions {
  readonly weightOf: (name: string) => Tensor
  readonly adapterOf: (module: string) => LoraTensors | undefined
  /** What dropout draws from; undefined: nothing is dropped. */
  readonly noise?: NoiseSource | undefined
}

/** The linear layer of a model in training: with its adapter, where it has one. */
export function projectAdapted(options: AdaptedProjectOptions): (x: Tensor, linear: Linear) => Tensor {
  const { weightOf, adapterOf, noise } = options
  return (x, linear) => {
    const { module, hasBias } = linear
    const weight = weightOf(`${module}.weight`)
    const bias = hasBias ? cast(weightOf(`${module}.bias`), 'float32') : undefined
    const adapter = adapterOf(module)
    if (adapter === undefined) return multiply(x, weight, linear, bias)
    const dropped = drop(x, adapter.dropout, module, noise)
    if (adapter.magnitude !== undefined) {
      return adaptWithMagnitude({ x, dropped, weight, bias, linear, adapter })
    }
    const { up, down, scaling } = adapter
    // Gemm adds what it is given for nothing, forwards and backwards.
    const plus = multiply(x, weight, linear, bias)
    return gemm(gemm(dropped, down, { transB: true }), up, { transB: true, alpha: scaling, plus })
  }
}

/** x · W, whichever way round W is stored. A weight of fewer bits is widened here and once more in the backward pass, so that it is never kept wide. */
function multiply(x: Tensor, weight: Tensor, { layout }: Linear, plus?: Tensor): Tensor {
  const transB = layout === 'out-in'
  if (weight.dtype === 'float32') return gemm(x, weight, { transB, plus })
  const { graph } = x
  const y = graph.withTape(undefined, () => gemm(x, widen(weight), { transB }))
  const product = graph.record([x, weight], y, dy => [
    gemm(dy, widen(weight), { transB: !transB }),
    undefined,
  ])
  return plus === undefined ? product : add(product, plus)
}

interface MagnitudeStep {
  readonly x: Tensor
  readonly dropped: Tensor
  readonly weight: Tensor
  readonly bias: Tensor | undefined
  readonly linear: Linear
  readonly adapter: LoraTensors
}

/** DoRA as PEFT computes it: what the adapted weight's rows are divided by takes no part in the gradient. */
function adaptWithMagnitude(step: MagnitudeStep): Tensor {
  const { x, dropped, weight, bias, linear, adapter } = step
  const { up, down, scaling, magnitude } = adapter
  const { graph } = x
  const norm = graph.withTape(undefined, () => {
    const stored = widen(weight)
    const isOutIn = linear.layout === 'out-in'
    const adapted = isOutIn
      ? gemm(up, down, { alpha: scaling, plus: stored })
      : gemm(down, up, { transA: true, transB: true, alpha: scaling, plus: stored })
    return reshape(sqrt(reduceSum(mul(adapted, adapted), isOutIn ? 1 : 0)), [linear.outSize])
  })
  const share = div(magnitude!, norm)
  const base = multiply(x, weight, linear)
  const low = gemm(dropped, down, { transB: true })
  // Where x is dropped, so is what the magnitude scales: base + (share - 1) · base(dropped) + share · low-rank part.
  if (dropped === x)
    return addBias(mul(gemm(low, up, { transB: true, alpha: scaling, plus: base }), share), bias)
  const baseOfDropped = multiply(dropped, weight, linear)
  const scaled = mul(gemm(low, up, { transB: true, alpha: scaling, plus: baseOfDropped }), share)
  return addBias(add(add(base, mul(baseOfDropped, -1)), scaled), bias)
}

function addBias(x: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? x : add(x, bias)
}
