import {
  div,
  equal,
  exp,
  gatherColumns,
  log,
  matmul,
  mul,
  neg,
  reduceMax,
  reduceSum,
  reshape,
  scatterAddColumns,
  sub,
} from '../ops/index.ts'
import type { Tensor } from '../tensor.ts'

export interface CrossEntropy {
  /** Σ weight · loss, [1, 1]. */
  readonly loss: Tensor
  /** Of each target, [targets, 1], unweighted: negative log-likelihood and entropy in nats, and whether it is the likeliest (bool). */
  readonly nll: Tensor
  readonly entropy: Tensor
  readonly correct: Tensor
}

/**
 * Cross entropy of logits [targets, vocabulary] at int64 `targets` [targets], weighted by `weights` [targets].
 *
 * The gradient is written out: it keeps exp(logit - max) alone, and turns it into the logits' gradient in place.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, weights: Tensor): CrossEntropy {
  const { graph } = logits
  const columns = reshape(targets, ['targets', 1])
  const weight = reshape(weights, ['targets', 1])
  const forward = graph.withTape(undefined, () => {
    const shifted = sub(logits, reduceMax(logits))
    const powers = exp(shifted)
    const total = reduceSum(powers)
    const ofTarget = gatherColumns(shifted, columns)
    const nll = sub(log(total), ofTarget)
    const entropy = sub(log(total), div(rowDots(powers, shifted), total))
    const correct = equal(ofTarget, 0)
    return { powers, total, nll, entropy, correct, loss: reduceSum(mul(nll, weight), [0, 1]) }
  })
  const { powers, total, loss, nll, entropy, correct } = forward
  graph.record([logits], loss, dy => {
    const scaled = mul(weight, dy)
    return [scatterAddColumns(mul(powers, div(scaled, total)), columns, neg(scaled))]
  })
  return { loss, nll, entropy, correct }
}

/** Σ over each row of a · b, [rows, 1], without the product in memory. */
function rowDots(a: Tensor, b: Tensor): Tensor {
  const [rows, size] = a.shape
  const dots = matmul(reshape(a, [rows!, 1, size!]), reshape(b, [rows!, size!, 1]))
  return reshape(dots, [rows!, 1])
}
