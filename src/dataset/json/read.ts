import { isUtf8 } from 'node:buffer'
import type { DocumentChunk, ItemsChunk } from '../chunk.ts'
import type { DatasetRow } from '../dataset-row.ts'
import { toRow } from '../to-row.ts'
import { decodeUtf8, toBuffer } from '../utf8.ts'
import { parseAt, toTextStart } from './document.ts'
import { advance, type TextPlace } from './text-place.ts'

/** Rows of a JSON list, an item each; one that is no JSON or no UTF-8 is a broken row. */
export function* readItems(chunk: ItemsChunk): Generator<DatasetRow> {
  const bytes = toBuffer(chunk.bytes)
  const ranges = new Uint32Array(chunk.ranges)
  const isText = isUtf8(bytes)
  // Where an item stands is only worked out for errors.
  let known = { end: 0, place: { line: chunk.startLine, column: chunk.startColumn } }
  const placeOf = (position: number): TextPlace => {
    known = { end: position, place: advance(known.place, bytes.subarray(known.end, position)) }
    return known.place
  }
  for (let item = 0; item < chunk.rowCount; item++) {
    const start = ranges[2 * item]!
    const own = bytes.subarray(start, ranges[2 * item + 1])
    const row = chunk.startRow + item
    const where = `${chunk.name}[${row}]`
    const at = { where, byteOffset: chunk.byteOffset + start }
    yield toRow(
      () => {
        const text = isText ? own.toString('utf8') : decodeUtf8(own, at)
        return parseAt(text, chunk.name, () => placeOf(start))
      },
      where,
      row,
    )
  }
}

/** The one row of a JSON document. */
export function readDocument({ bytes, name }: DocumentChunk): DatasetRow[] {
  const text = Buffer.from(bytes).toString('utf8')
  return [{ kind: 'row', row: 0, where: name, value: parseAt(text, name, toTextStart) }]
}
