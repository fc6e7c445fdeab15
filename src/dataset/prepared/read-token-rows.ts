import { LosslineError } from '../../error.ts'
import { toFileError } from '../file-error.ts'
import type { TokenRows } from '../token-rows.ts'
import { findFormatOf, findShards } from './find-shards.ts'
import { SHARD_FORMATS, type ShardFormat } from './formats/index.ts'
import { toNotPrepared } from './formats/list-columns.ts'

/**
 * The rows of a prepared folder, or of one of its shards, in order, about a thousand at a time (fewer where a shard or row group ends); none
 * where there are none. Of any format, and of what `datasets.save_to_disk` has written with the same columns in int32.
 *
 * @throws LosslineError `dataset/not-found`, `dataset/no-access`, …; `dataset/not-prepared` for what holds no prepared data;
 *   `dataset/damaged-shard` for what can't be read as what its name says
 */
export async function* readTokenRows(path: string): AsyncGenerator<TokenRows> {
  for (const shard of await findShards(path)) yield* readShard(shard)
}

/** The rows of one shard. */
export async function* readShard(path: string): AsyncGenerator<TokenRows> {
  const format = findFormatOf(path)
  if (format === undefined) {
    const names = SHARD_FORMATS.map(({ extension }) => extension).join(', ')
    throw toNotPrepared(`is no shard; expected a name that ends in one of ${names}`).at(path)
  }
  try {
    yield* format.decode(path)
  } catch (cause) {
    throw toReadError(cause, path, format)
  }
}

function toReadError(cause: unknown, path: string, { name }: ShardFormat): LosslineError {
  if (cause instanceof LosslineError) return cause.where === undefined ? cause.at(path) : cause
  if (cause instanceof Error && 'syscall' in cause) return toFileError(cause, path)
  const what = `can't be read as ${name} (${cause instanceof Error ? cause.message : String(cause)})`
  const fix = 'Copy it again, or prepare the data again.'
  return new LosslineError('dataset/damaged-shard', what, { where: path, fix, cause })
}
