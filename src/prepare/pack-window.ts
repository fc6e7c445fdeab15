import { countRows, type RowSource, type TokenRows, toAttentionMask, toRowSource } from '../dataset/index.ts'
import {
  countPacks,
  findPackOffsets,
  PACKING_STRATEGIES,
  type PackMemory,
  type Packs,
  packRows,
  slicePacks,
} from '../pack/index.ts'
import type { Settings } from './settings.ts'

/** Rows as they are written. */
export interface PackedWindow {
  readonly rows: RowSource
  /** Sequences that lie in more than one pack. */
  readonly splitSequences: number
}

/**
 * Packs a window's rows, where packing is asked for, and adds the columns that can be made of the others. Packs are laid out when they are asked
 * for: the window's rows are to stay as they are until then.
 *
 * @param memory that they are laid into, each slice over the one before; undefined: each has its own
 */
export function packWindow(rows: TokenRows, settings: Settings, memory?: PackMemory): PackedWindow {
  const { packing, maxLength, positionIds } = settings
  if (packing === undefined || maxLength === undefined)
    return { rows: addColumns(toRowSource(rows), settings), splitSequences: 0 }
  const packs = PACKING_STRATEGIES[packing].pack(countTokensEach(rows), maxLength)
  const source = {
    offsets: findPackOffsets(packs),
    slice: (start: number, end: number) =>
      packRows(rows, slicePacks(packs, start, end), { positionIds, ...(memory !== undefined && { memory }) }),
  }
  return { rows: addColumns(source, settings), splitSequences: countSplit(packs) }
}

function countTokensEach(rows: TokenRows): Int32Array {
  return Int32Array.from({ length: countRows(rows) }, (_, r) => rows.offsets[r + 1]! - rows.offsets[r]!)
}

function countSplit(packs: Packs): number {
  const split = new Set<number>()
  for (let part = 0; part < packs.offsets[countPacks(packs)]!; part++)
    if (packs.startTokens[part] !== 0) split.add(packs.sequences[part]!)
  return split.size
}

function addColumns(source: RowSource, { positionIds, attentionMask }: Settings): RowSource {
  if (!positionIds && !attentionMask) return source
  const slice = (start: number, end: number): TokenRows => {
    const rows = source.slice(start, end)
    return {
      ...rows,
      ...(positionIds && { positionIds: rows.positionIds ?? countPositions(rows) }),
      ...(attentionMask && { attentionMask: toAttentionMask(rows.labels) }),
    }
  }
  return { ...source, slice }
}

function countPositions({ offsets, inputIds }: TokenRows): Int32Array {
  const positions = new Int32Array(inputIds.length)
  for (let r = 0; r + 1 < offsets.length; r++)
    for (let t = offsets[r]!; t < offsets[r + 1]!; t++) positions[t] = t - offsets[r]!
  return positions
}
