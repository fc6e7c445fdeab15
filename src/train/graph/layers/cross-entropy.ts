import {
  add,
  div,
  equal,
  exp,
  gatherColumns,
  log,
  matmul,
  mul,
  neg,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  scatterAddColumns,
  sub,
} from '../ops/index.ts'
import { shapeError, type Tensor } from '../tensor.ts'

/** All but the total are of each target, [targets, 1]. */
export interface CrossEntropy {
  /** Σ weight · loss, [1, 1]; the one that has a gradient. */
  readonly total: Tensor
  /** What is minimised, unweighted: `nll`, unless the options say otherwise. */
  readonly loss: Tensor
  /** Negative log-likelihood and entropy, in nats. */
  readonly nll: Tensor
  readonly entropy: Tensor
  /** bool: whether the target is the likeliest. */
  readonly correct: Tensor
}

interface CrossEntropyOptions {
  /** The loss of a target is its nll, or that times its probability, which is no part of the gradient. */
  readonly type: 'nll' | 'dft'
  /** ε: (1 - ε) · nll + ε · the mean over the vocabulary of -log p. */
  readonly labelSmoothing: number
}

/** Of logits, each row less its largest: its powers of e, and their sum. */
interface Shifted {
  readonly shifted: Tensor
  readonly powers: Tensor
  readonly sum: Tensor
}

/**
 * Cross entropy of logits [targets, vocabulary] at int64 `targets` [targets], weighted by `weights` [targets].
 *
 * The gradient is written out: it keeps exp(logit - max) alone, and turns it into the logits' gradient in place.
 */
export function crossEntropy(
  logits: Tensor,
  of: { readonly targets: Tensor; readonly weights: Tensor },
  { type, labelSmoothing: smoothing }: CrossEntropyOptions,
): CrossEntropy {
  const { graph } = logits
  const vocabularySize = logits.shape[1]
  if (typeof vocabularySize !== 'number') throw shapeError('logits of a vocabulary of no known size')
  const columns = reshape(of.targets, ['targets', 1])
  const [rows, outcome, weight] = graph.withTape(undefined, () => {
    const rows = shift(logits)
    const { shifted, powers, sum } = rows
    const ofTarget = gatherColumns(shifted, columns)
    const nll = sub(log(sum), ofTarget)
    const entropy = sub(log(sum), div(rowDots(powers, shifted), sum))
    const correct = equal(ofTarget, 0)
    const probability = type === 'dft' ? exp(neg(nll)) : undefined
    const given = reshape(of.weights, ['targets', 1])
    const loss = probability === undefined ? smooth(nll, rows, smoothing) : mul(nll, probability)
    const total = reduceSum(mul(loss, given), [0, 1])
    const weight = probability === undefined ? given : mul(given, probability)
    return [rows, { total, loss, nll, entropy, correct }, weight]
  })
  graph.record([logits], outcome.total, dy => {
    const scaled = mul(weight, dy)
    const ofAll = mul(rows.powers, div(scaled, rows.sum))
    if (smoothing === 0) return [scatterAddColumns(ofAll, columns, neg(scaled))]
    const smoothed = sub(ofAll, mul(scaled, smoothing / vocabularySize))
    return [scatterAddColumns(smoothed, columns, mul(scaled, smoothing - 1))]
  })
  return outcome
}

function shift(logits: Tensor): Shifted {
  const shifted = sub(logits, reduceMax(logits))
  const powers = exp(shifted)
  return { shifted, powers, sum: reduceSum(powers) }
}

function smooth(nll: Tensor, { shifted, sum }: Shifted, smoothing: number): Tensor {
  if (smoothing === 0) return nll
  return add(mul(nll, 1 - smoothing), mul(sub(log(sum), reduceMean(shifted)), smoothing))
}

/** Σ over each row of a · b, [rows, 1], without the product in memory. */
function rowDots(a: Tensor, b: Tensor): Tensor {
  const [rows, size] = a.shape
  const dots = matmul(reshape(a, [rows!, 1, size!]), reshape(b, [rows!, size!, 1]))
  return reshape(dots, [rows!, 1])
}
