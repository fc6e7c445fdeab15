import { createHash } from 'node:crypto'
import type { ColumnName } from './columns.ts'
import { toFeatures } from './features.ts'
import type { ShardFile } from './write-shard.ts'

/** `state.json` as `datasets.Dataset.save_to_disk` writes it: which files there are, in order, and what they hold by name. */
export function toState(shards: readonly ShardFile[]): object {
  return {
    _data_files: shards.map(({ file }) => ({ filename: file })),
    _fingerprint: toFingerprint(shards),
    _format_columns: null,
    _format_kwargs: {},
    _format_type: null,
    _output_all_columns: false,
    _split: 'train',
  }
}

/** `dataset_info.json` beside it. */
export function toDatasetInfo(shards: readonly ShardFile[], columns: readonly ColumnName[]): object {
  const byteLength = shards.reduce((sum, shard) => sum + shard.byteLength, 0)
  const rows = shards.reduce((sum, shard) => sum + shard.rows, 0)
  return {
    citation: '',
    dataset_size: byteLength,
    description: '',
    features: toFeatures(columns),
    homepage: '',
    license: '',
    splits: {
      train: {
        name: 'train',
        num_bytes: byteLength,
        num_examples: rows,
        shard_lengths: shards.map(shard => shard.rows),
        dataset_name: null,
      },
    },
  }
}

/** What `datasets` keys its caches of derived data by, 16 hexadecimal digits: equal exactly where the shards are. */
function toFingerprint(shards: readonly ShardFile[]): string {
  const hash = createHash('sha256')
  for (const { file, sha256 } of shards) hash.update(`${file} ${sha256}\n`)
  return hash.digest('hex').slice(0, 16)
}
