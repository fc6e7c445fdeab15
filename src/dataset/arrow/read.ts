import { CompressionType, setCompressionCodec, tableFromIPC } from '@uwdata/flechette'
import { decompress } from 'fzstd'
import { LosslineError } from '../../error.ts'
import type { DatasetRow } from '../dataset-row.ts'
import { toRow } from '../to-row.ts'
import { unpackLz4Frame } from './lz4.ts'
import { makeStructToJson } from './to-json.ts'

setCompressionCodec(CompressionType.LZ4_FRAME, {
  decode: unpackLz4Frame,
  encode: refuseToPack,
})
setCompressionCodec(CompressionType.ZSTD, {
  decode: bytes => align(decompress(bytes)),
  encode: refuseToPack,
})

/** Flechette lays arrays of 64 bits over the bytes. */
function align(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
}

/** Registered because a codec has both; what Lossline writes is not packed. */
function refuseToPack(): never {
  throw new Error('Arrow is not written with compressed bodies')
}

/**
 * Rows of an Arrow stream.
 *
 * @param from the file's name and its rows before these
 * @throws LosslineError `dataset/arrow-damaged`
 */
export function* readArrow(
  stream: Uint8Array,
  from: { readonly name: string; readonly startRow: number },
): Generator<DatasetRow> {
  const { name, startRow } = from
  const table = decode(stream, from)
  const columns = table.schema.fields.map((_, i) => table.getChildAt(i))
  const toObject = makeStructToJson(table.schema.fields)
  for (let i = 0; i < table.numRows; i++) {
    const row = startRow + i
    yield toRow(() => toObject(column => columns[column]!.at(i)), `${name}[${row}]`, row)
  }
}

function decode(
  stream: Uint8Array,
  { name, startRow }: { name: string; startRow: number },
): ReturnType<typeof tableFromIPC> {
  try {
    return tableFromIPC(stream, { useBigInt: true, useDate: true, useDecimalInt: true })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const what = `is damaged Arrow at row ${startRow} (${message})`
    const fix = 'Copy or download it again.'
    throw new LosslineError('dataset/arrow-damaged', what, { where: name, fix, cause })
  }
}
