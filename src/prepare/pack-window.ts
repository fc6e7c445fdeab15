import { countRows, type TokenRows, toAttentionMask } from '../dataset/index.ts'
import { countPacks, PACKING_STRATEGIES, packRows } from '../pack/index.ts'
import type { Settings } from './settings.ts'

/** Rows as they are written. */
export interface PackedWindow {
  readonly rows: TokenRows
  /** Sequences that lie in more than one pack. */
  readonly splitSequences: number
}

/** Packs a window's rows, where packing is asked for, and adds the columns that can be made of the others. */
export function packWindow(rows: TokenRows, settings: Settings): PackedWindow {
  const { packing, maxLength, positionIds, attentionMask } = settings
  const packed =
    packing === undefined || maxLength === undefined ? undefined : pack(rows, packing, maxLength, positionIds)
  const written = packed?.rows ?? (positionIds ? { ...rows, positionIds: countPositions(rows) } : rows)
  return {
    rows: attentionMask ? { ...written, attentionMask: toAttentionMask(written.labels) } : written,
    splitSequences: packed?.splitSequences ?? 0,
  }
}

function pack(
  rows: TokenRows,
  name: NonNullable<Settings['packing']>,
  maxLength: number,
  positionIds: boolean,
): PackedWindow {
  const lengths = Int32Array.from(
    { length: countRows(rows) },
    (_, r) => rows.offsets[r + 1]! - rows.offsets[r]!,
  )
  const packs = PACKING_STRATEGIES[name].pack(lengths, maxLength)
  const split = new Set<number>()
  for (let part = 0; part < packs.offsets[countPacks(packs)]!; part++)
    if (packs.startTokens[part] !== 0) split.add(packs.sequences[part]!)
  return { rows: packRows(rows, packs, { positionIds }), splitSequences: split.size }
}

function countPositions({ offsets, inputIds }: TokenRows): Int32Array {
  const positions = new Int32Array(inputIds.length)
  for (let r = 0; r + 1 < offsets.length; r++)
    for (let t = offsets[r]!; t < offsets[r + 1]!; t++) positions[t] = t - offsets[r]!
  return positions
}
