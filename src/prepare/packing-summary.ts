import { countBestFitPacks, packingEfficiency } from '../pack/index.ts'
import type { Settings } from './settings.ts'
import type { Tally } from './tally.ts'

/** How well the packs are filled. */
export interface PackingSummary {
  readonly packs: number
  /** Tokens / (packs × max_length). */
  readonly efficiency: number
  /** Packs that the same strategy would need if it packed the whole dataset at once. */
  readonly packs_of_whole: number
  /** Sequences that lie in more than one pack. */
  readonly split_sequences: number
}

/** What packing gave, beside what it would have given over the whole dataset; undefined without packing. */
export function summarisePacking(
  { packing, maxLength }: Settings,
  tally: Tally,
  packs: number,
  splitSequences: number,
): PackingSummary | undefined {
  if (packing === undefined || maxLength === undefined) return undefined
  return {
    packs,
    efficiency: Math.round(packingEfficiency(tally.keptTokens, packs, maxLength) * 1e6) / 1e6,
    packs_of_whole:
      packing === 'wrapped' ? Math.ceil(tally.keptTokens / maxLength) : countWhole(tally, packing, maxLength),
    split_sequences: splitSequences,
  }
}

/** Best fit depends on lengths alone. `bfd_split` cuts what is too long into full packs and a rest. */
function countWhole({ keptLengths }: Tally, packing: 'bfd' | 'bfd_split', maxLength: number): number {
  const histogram = new Float64Array(maxLength + 1)
  for (const [length, count] of keptLengths) {
    if (packing === 'bfd') histogram[Math.min(length, maxLength)]! += count
    else {
      histogram[maxLength]! += Math.floor(length / maxLength) * count
      histogram[length % maxLength]! += count
    }
  }
  histogram[0] = 0
  return countBestFitPacks(histogram, maxLength)
}
