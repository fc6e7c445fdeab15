import type { GenerationOptions } from './generation-options.ts'
import { divideByTemperature, keepTopK, keepTopP, penaliseRepetition, toProbabilities } from './processors.ts'

/**
 * The next token: the likeliest, or one drawn.
 *
 * @param logits of all tokens; changed
 * @param seen the ids of the prompt and of what was generated so far
 * @param draw a number in [0, 1), for sampling
 */
export function chooseToken(
  logits: Float32Array,
  seen: readonly number[],
  options: GenerationOptions,
  draw: number,
): number {
  const { doSample, temperature, topK, topP, repetitionPenalty } = options
  if (repetitionPenalty !== 1) penaliseRepetition(logits, seen, repetitionPenalty)
  if (!doSample) return findLikeliest(logits)
  if (temperature !== 1) divideByTemperature(logits, temperature)
  if (topK > 0) keepTopK(logits, topK)
  if (topP < 1) keepTopP(logits, topP)
  return drawToken(toProbabilities(logits), draw)
}

/** The first of the highest, as torch.argmax. */
function findLikeliest(logits: Float32Array): number {
  let best = 0
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id
  return best
}

function drawToken(probabilities: Float64Array, draw: number): number {
  let sum = 0
  let last = 0
  for (let id = 0; id < probabilities.length; id++) {
    if (probabilities[id] === 0) continue
    sum += probabilities[id]!
    last = id
    if (draw < sum) return id
  }
  // The sum of all may be a little less than 1.
  return last
}
