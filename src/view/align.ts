import { toBlocks } from '../inspect/index.ts'
import type { Masked, MaskRun } from '../mask/index.ts'
import { alignIds, type Stretch } from './align-ids.ts'

/** Tokens that two sides do not agree on. */
export interface Difference {
  readonly onlyFirst: number
  readonly onlySecond: number
  /** On both sides, with different weights. */
  readonly otherwise: number
}

/**
 * Which tokens of two renderings of one row are the same: those of a message are looked for in that message.
 *
 * @returns for each token of the first its counterpart's index in the second; -1: it has none
 */
export function alignTokens(first: Masked, second: Masked): Int32Array {
  const counterparts = new Int32Array(first.encoded.ids.length).fill(-1)
  const others = toStretches(second)
  for (const [key, stretch] of toStretches(first)) {
    const other = others.get(key)
    if (other !== undefined) alignIds(first.encoded.ids, second.encoded.ids, [stretch, other], counterparts)
  }
  return counterparts
}

/** By message, and by which part of it where it is written in several. */
function toStretches(masked: Masked): Map<string, Stretch> {
  const parts = new Map<number, number>()
  const stretches = new Map<string, Stretch>()
  for (const { message = -1, runs } of toBlocks(masked)) {
    const part = parts.get(message) ?? 0
    parts.set(message, part + 1)
    stretches.set(`${message}/${part}`, [runs[0]!.firstToken, runs.at(-1)!.endToken])
  }
  return stretches
}

/** A side of a comparison: how many tokens it has, and their weights. */
export interface Side {
  readonly tokens: number
  readonly runs: readonly MaskRun[]
}

/** @param counterparts as of {@link alignTokens}; undefined: both sides have the same tokens */
export function countDifference(
  first: Side,
  second: Side,
  counterparts: ArrayLike<number> | undefined,
): Difference {
  const [weights, others] = [toWeights(first), toWeights(second)]
  let shared = 0
  let otherwise = 0
  for (let t = 0; t < first.tokens; t++) {
    const other = counterparts === undefined ? t : counterparts[t]!
    if (other === -1) continue
    shared++
    if (weights[t] !== others[other]) otherwise++
  }
  return { onlyFirst: first.tokens - shared, onlySecond: second.tokens - shared, otherwise }
}

/** All of them. */
export function addDifference({ onlyFirst, onlySecond, otherwise }: Difference): number {
  return onlyFirst + onlySecond + otherwise
}

function toWeights({ tokens, runs }: Side): Float32Array {
  const weights = new Float32Array(tokens)
  for (const { startToken, endToken, weight } of runs) weights.fill(weight, startToken, endToken)
  return weights
}
