// Activations and gates. They keep what they are made of alone for the backward pass, where the rest is computed once more.

import { once, text } from '../graph.ts'
import { add, cast, concat, erf, exp, greater, mul, relu, sigmoid, slice, sub, tanh } from '../ops/index.ts'
import { shapeError, type Tensor } from '../tensor.ts'

/** `gelu` is exact, with erf; `gelu-tanh` is its approximation with tanh. */
export type Activation = 'silu' | 'gelu' | 'gelu-tanh' | 'relu'

/** A value and its derivative. */
interface ValueWithSlope {
  readonly value: Tensor
  readonly slope: Tensor
}

interface ActivationRule {
  readonly value: (x: Tensor) => Tensor
  /** Both, from what they share. */
  readonly withSlope: (x: Tensor) => ValueWithSlope
}

const RULES: Readonly<Record<Activation, ActivationRule>> = {
  silu: {
    value: x => mul(x, sigmoid(x)),
    withSlope: x => {
      const s = sigmoid(x)
      const value = mul(x, s)
      return { value, slope: add(s, mul(value, sub(1, s))) }
    },
  },
  gelu: {
    value: x => gelu(x, 'none'),
    withSlope: x => {
      const share = add(mul(erf(mul(x, Math.SQRT1_2)), 0.5), 0.5)
      const density = mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
      return { value: mul(x, share), slope: add(share, mul(x, density)) }
    },
  },
  'gelu-tanh': {
    value: x => gelu(x, 'tanh'),
    withSlope: x => {
      const scale = Math.sqrt(2 / Math.PI)
      const square = mul(x, x)
      const t = tanh(mul(mul(x, scale), add(mul(square, 0.044715), 1)))
      const share = add(mul(t, 0.5), 0.5)
      const slopeOfInner = add(mul(square, 3 * 0.044715 * scale), scale)
      const value = mul(x, share)
      // x/2 · (1 - t²) is value · (1 - t).
      return { value, slope: add(share, mul(mul(value, sub(1, t)), slopeOfInner)) }
    },
  },
  relu: {
    value: relu,
    withSlope: x => ({ value: relu(x), slope: cast(greater(x, 0), x.dtype) }),
  },
}

/** An activation by itself, as GPT-2's MLP has it; the backward pass keeps `x` alone. */
export function activate(x: Tensor, activation: Activation): Tensor {
  const { graph } = x
  const { value, withSlope } = RULES[activation]
  const y = graph.withTape(undefined, () => value(x))
  const both = once(() => withSlope(x))
  graph.recomputes(y, () => both().value)
  return graph.record([x], y, dy => [mul(dy, both().slope)])
}

/** activation(gate) · up */
export function gated(gate: Tensor, up: Tensor, activation: Activation): Tensor {
  const { graph } = gate
  const y = graph.withTape(undefined, () => mul(RULES[activation].value(gate), up))
  const both = once(() => RULES[activation].withSlope(gate))
  graph.recomputes(y, () => mul(both().value, up))
  return graph.record([gate, up], y, dy => slopesOfGate(up, dy, both()))
}

/** The same of the two halves of `x` [rows, 2 · features], of which the first is the gate. */
export function gatedHalves(x: Tensor, activation: Activation): Tensor {
  const { graph } = x
  const width = x.shape[1]
  if (typeof width !== 'number') throw shapeError(`halves of ${x.name}`)
  const split = (): { gate: Tensor; up: Tensor } => ({
    gate: slice(x, { axis: 1, start: 0, end: width / 2 }),
    up: slice(x, { axis: 1, start: width / 2, end: width }),
  })
  const y = graph.withTape(undefined, () => {
    const { gate, up } = split()
    return mul(RULES[activation].value(gate), up)
  })
  const again = once(() => {
    const { gate, up } = split()
    return { up, both: RULES[activation].withSlope(gate) }
  })
  graph.recomputes(y, () => mul(again().both.value, again().up))
  return graph.record([x], y, dy => {
    const { up, both } = again()
    return [concat(slopesOfGate(up, dy, both), { axis: 1 })]
  })
}

function slopesOfGate(up: Tensor, dy: Tensor, { value, slope }: ValueWithSlope): readonly [Tensor, Tensor] {
  return [mul(mul(dy, up), slope), mul(dy, value)]
}

function gelu(x: Tensor, approximate: 'none' | 'tanh'): Tensor {
  return x.graph.node('Gelu', [x], x, { attributes: { approximate: text(approximate) } })
}
