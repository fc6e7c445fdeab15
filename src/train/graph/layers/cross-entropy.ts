import {
  add,
  cast,
  concat,
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

/** The columns of what cross entropy says of a target: all but whether it is the likeliest (1 or 0) in nats and unweighted. */
export const OUTCOME_COLUMNS = ['nll', 'entropy', 'correct', 'loss'] as const

export interface CrossEntropy {
  /** Σ weight · loss, [1, 1]; the one that has a gradient. */
  readonly total: Tensor
  /** [targets, 4], see {@link OUTCOME_COLUMNS}. */
  readonly outcomes: Tensor
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
  const [count, vocabularySize] = logits.shape
  if (count === undefined || typeof vocabularySize !== 'number') throw shapeError('logits of no known size')
  const columns = reshape(of.targets, [count, 1])
  const [rows, outcomes, total, weight] = graph.withTape(undefined, () => {
    const rows = shift(logits)
    const { shifted, powers, sum } = rows
    const ofTarget = gatherColumns(shifted, columns)
    const nll = sub(log(sum), ofTarget)
    const entropy = sub(log(sum), div(rowDots(powers, shifted), sum))
    const correct = cast(equal(ofTarget, 0), 'float32')
    const probability = type === 'dft' ? exp(neg(nll)) : undefined
    const given = reshape(of.weights, [count, 1])
    const loss = probability === undefined ? smooth(nll, rows, smoothing) : mul(nll, probability)
    const total = reduceSum(mul(loss, given), [0, 1])
    const outcomes = concat([nll, entropy, correct, loss], { axis: 1 })
    return [rows, outcomes, total, probability === undefined ? given : mul(given, probability)]
  })
  graph.record([logits], total, dy => {
    // Nothing is added, but what is said of the targets comes first: it reads numbers that the gradient is written over.
    const scaled = add(mul(weight, dy), mul(reduceSum(outcomes), 0))
    const ofAll = mul(rows.powers, div(scaled, rows.sum))
    if (smoothing === 0) return [scatterAddColumns(ofAll, columns, neg(scaled))]
    const smoothed = sub(ofAll, mul(scaled, smoothing / vocabularySize))
    return [scatterAddColumns(smoothed, columns, mul(scaled, smoothing - 1))]
  })
  return { total, outcomes }
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
