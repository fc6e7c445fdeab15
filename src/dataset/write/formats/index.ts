import { arrow } from './arrow.ts'
import type { ShardFormat } from './shard-format.ts'

export type { ShardFormat } from './shard-format.ts'

/** All formats, by the name that `--format` takes; the first is the default. */
export const SHARD_FORMATS: readonly ShardFormat[] = [arrow]

/** The format of that name, as options have checked it. */
export function findFormat(name: ShardFormat['name']): ShardFormat {
  return SHARD_FORMATS.find(format => format.name === name)!
}
