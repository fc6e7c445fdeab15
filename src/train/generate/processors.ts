// What is done to logits before a token is chosen; each changes them in place, and gives what transformers' class of the name gives.

/** RepetitionPenaltyLogitsProcessor: tokens that were there already, in the prompt too. */
export function penaliseRepetition(logits: Float32Array, seen: Iterable<number>, penalty: number): void {
  for (const id of new Set(seen)) {
    const logit = logits[id]
    if (logit !== undefined) logits[id] = logit < 0 ? logit * penalty : logit / penalty
  }
}

/** TemperatureLogitsWarper. */
export function divideByTemperature(logits: Float32Array, temperature: number): void {
  for (let id = 0; id < logits.length; id++) logits[id]! /= temperature
}

/** TopKLogitsWarper: keeps the k likeliest, and what is as likely as the last of them. */
export function keepTopK(logits: Float32Array, k: number): void {
  if (k >= logits.length) return
  const least = logits.toSorted()[logits.length - k]!
  for (let id = 0; id < logits.length; id++) if (logits[id]! < least) logits[id] = Number.NEGATIVE_INFINITY
}

/** TopPLogitsWarper: keeps the likeliest until their probabilities reach `p` together, one at least. */
export function keepTopP(logits: Float32Array, p: number): void {
  const order = Uint32Array.from(logits.keys()).sort((a, b) => logits[a]! - logits[b]! || a - b)
  const probabilities = toProbabilities(logits)
  let sum = 0
  for (let i = 0; i < order.length - 1; i++) {
    const id = order[i]!
    sum += probabilities[id]!
    if (sum > 1 - p) return
    logits[id] = Number.NEGATIVE_INFINITY
  }
}

/** Softmax. */
export function toProbabilities(logits: Float32Array): Float64Array {
  const highest = logits.reduce((max, logit) => Math.max(max, logit), Number.NEGATIVE_INFINITY)
  const probabilities = Float64Array.from(logits, logit => Math.exp(logit - highest))
  const sum = probabilities.reduce((total, part) => total + part, 0)
  return probabilities.map(part => part / sum)
}
