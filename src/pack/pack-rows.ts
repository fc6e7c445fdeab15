import type { TokenRows } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { PackMemory } from './pack-memory.ts'
import { countPacks, findPackOffsets, type Packs } from './packs.ts'

export interface PackRowsOptions {
  /** Add the position of each token, starting over where a sequence of its own begins. Default false: trainers know it from `seqLengths`. */
  readonly positionIds?: boolean
  /** Where the tokens are laid, over those of the rows that were made in it before. Default: memory of their own. */
  readonly memory?: PackMemory
}

/**
 * Lays the tokens of rows into packs: the columns of one row for each pack.
 *
 * @param packs what a packing strategy made of the lengths of these rows
 * @returns `seqLengths` where the packs keep boundaries, as TRL has it
 * @throws LosslineError `pack/packed-already`
 */
export function packRows(rows: TokenRows, packs: Packs, options: PackRowsOptions = {}): TokenRows {
  if (rows.seqLengths !== undefined) {
    throw new LosslineError('pack/packed-already', 'These rows are packs already.', {
      fix: 'Pack rows once.',
    })
  }
  const offsets = findPackOffsets(packs)
  const tokens = offsets[countPacks(packs)]!
  const partStarts = findPartStarts(rows, packs)
  const { memory = new PackMemory() } = options
  return {
    inputIds: gather(rows.inputIds, memory.takeInputIds(tokens), packs, partStarts),
    labels: gather(rows.labels, memory.takeLabels(tokens), packs, partStarts),
    lossWeights:
      rows.lossWeights && gather(rows.lossWeights, memory.takeLossWeights(tokens), packs, partStarts),
    positionIds: options.positionIds ? countPositions(packs, new Int32Array(tokens)) : undefined,
    seqLengths: packs.keepsBoundaries ? { values: packs.lengths, offsets: packs.offsets } : undefined,
    offsets,
  }
}

/** Where each part begins in the rows' columns. */
function findPartStarts(rows: TokenRows, { sequences, startTokens }: Packs): Int32Array {
  return startTokens.map((start, part) => rows.offsets[sequences[part]!]! + start)
}

function gather<Column extends Int32Array | Float32Array>(
  from: Column,
  to: Column,
  { lengths }: Packs,
  partStarts: Int32Array,
): Column {
  let at = 0
  for (let part = 0; part < lengths.length; part++) {
    const start = partStarts[part]!
    const length = lengths[part]!
    to.set(from.subarray(start, start + length), at)
    at += length
  }
  return to
}

/** From 0 in each sequence: in each part where the packs keep boundaries, else in each pack. */
function countPositions(packs: Packs, positions: Int32Array): Int32Array {
  const { lengths, keepsBoundaries } = packs
  let at = 0
  for (let pack = 0; pack < countPacks(packs); pack++) {
    let position = 0
    for (let part = packs.offsets[pack]!; part < packs.offsets[pack + 1]!; part++) {
      if (keepsBoundaries) position = 0
      for (let t = 0; t < lengths[part]!; t++) positions[at++] = position++
    }
  }
  return positions
}
