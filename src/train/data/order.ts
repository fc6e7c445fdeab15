import { MersenneTwister } from './mersenne-twister.ts'

export interface OrderOptions {
  readonly strategy: 'random' | 'sequential' | 'group_by_length'
  readonly seed: number
  /** Counted from 0. */
  readonly epoch: number
  /** Examples of a whole step: those of one length are gathered for it. */
  readonly stepExamples: number
}

/**
 * The order in which an epoch goes through the examples. `random` is that of transformers' Trainer with the same seed, to the example;
 * `group_by_length` is its way of grouping, with a seed of its own.
 *
 * @param lengths tokens of each example
 * @returns a permutation of the examples' indexes, a function of the arguments alone
 */
export function orderExamples(lengths: Int32Array, options: OrderOptions): Int32Array {
  const { strategy, seed, epoch } = options
  if (strategy === 'sequential') return Int32Array.from(lengths.keys())
  const order = permute(lengths.length, new MersenneTwister(seed + epoch))
  return strategy === 'random' ? order : groupByLength(order, lengths, options.stepExamples)
}

/** `torch.randperm` on a CPU, for fewer than 214 million. */
function permute(count: number, random: MersenneTwister): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = 0; i < count - 1; i++) {
    const other = i + (random.next() % (count - i))
    const kept = order[i]!
    order[i] = order[other]!
    order[other] = kept
  }
  return order
}

/**
 * Sorts stretches of some steps by length, longest first; the longest of all comes first, so that memory that doesn't suffice shows at once. As
 * transformers' `get_length_grouped_indices`.
 */
function groupByLength(order: Int32Array, lengths: Int32Array, stepExamples: number): Int32Array {
  const steps = Math.max(1, Math.min(Math.floor(lengths.length / (stepExamples * 4)), 50))
  const size = steps * stepExamples
  let longest = 0
  for (let start = 0; start < order.length; start += size) {
    const stretch = order.subarray(start, start + size)
    stretch.set(Array.from(stretch).sort((a, b) => lengths[b]! - lengths[a]!))
    if (lengths[stretch[0]!]! > lengths[order[longest]!]!) longest = start
  }
  const first = order[0]
  if (first === undefined) return order
  order[0] = order[longest]!
  order[longest] = first
  return order
}
