import { basename, join } from 'node:path'
import type { TokenRows } from '../token-rows.ts'
import { toBatches } from './batches.ts'
import { findFormat, type ShardFormat } from './formats/index.ts'
import { type RowSource, toRowSource } from './row-source.ts'
import { writeFileWhole } from './write-file.ts'

/** What a manifest says about a shard. */
export interface ShardFile {
  /** Its name in the folder: `data-00000.arrow`. */
  readonly file: string
  readonly rows: number
  readonly tokens: number
  readonly byteLength: number
  /** Hexadecimal. */
  readonly sha256: string
}

/**
 * Writes rows as `data-<index>.<format>` into a folder that exists. The bytes depend on the rows and the format alone.
 *
 * The file has its name when the whole of it is on the disk, and not before. No column is copied for `arrow`; `parquet` and `jsonl` hold
 * a few megabytes at a time. Of a source no more is in memory than the batch that is written.
 *
 * @param index from 0; the order of the files is the order of the rows
 * @throws LosslineError `dataset/…` when it can't be written; then nothing is left that looks like a shard
 */
export async function writeShard(
  folder: string,
  index: number,
  rows: TokenRows | RowSource,
  format: ShardFormat['name'],
): Promise<ShardFile> {
  const { extension } = findFormat(format)
  return writeShardFile(join(folder, `data-${String(index).padStart(5, '0')}${extension}`), rows, format)
}

/** Writes rows as the shard of that path, whatever it held before. */
export async function writeShardFile(
  path: string,
  rows: TokenRows | RowSource,
  format: ShardFormat['name'],
): Promise<ShardFile> {
  const source = 'slice' in rows ? rows : toRowSource(rows)
  const written = await writeFileWhole(path, findFormat(format).encode(toBatches(source)))
  const { offsets } = source
  const count = offsets.length - 1
  return { file: basename(path), rows: count, tokens: offsets[count]!, ...written }
}
