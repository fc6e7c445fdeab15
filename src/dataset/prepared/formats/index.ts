import { arrow } from './arrow.ts'
import { jsonl } from './jsonl.ts'
import { parquet } from './parquet.ts'
import type { ShardFormat } from './shard-format.ts'

export type { ShardFormat } from './shard-format.ts'

/** All formats, by the name that `--format` takes; the first is the default. */
export const SHARD_FORMATS: readonly ShardFormat[] = [arrow, parquet, jsonl]

/** The format of that name, as options have checked it. */
export function findFormat(name: ShardFormat['name']): ShardFormat {
  return SHARD_FORMATS.find(format => format.name === name)!
}
