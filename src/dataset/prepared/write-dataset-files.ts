import { join } from 'node:path'
import type { ColumnName } from './columns.ts'
import { toDatasetCard } from './dataset-card.ts'
import { toDatasetInfo, toState } from './dataset-state.ts'
import { findFormat, type ShardFormat } from './formats/index.ts'
import { writeFileWhole } from './write-file.ts'
import type { ShardFile } from './write-shard.ts'

export interface DatasetFilesOptions {
  /** In the order of their rows; at least one, which may have no rows: `datasets` opens no folder without a file. */
  readonly shards: readonly ShardFile[]
  /** Of all shards; as `toColumnNames` of their rows. */
  readonly columns: readonly ColumnName[]
  readonly format: ShardFormat['name']
}

/**
 * Writes what makes a folder of shards a dataset: `README.md`, by which `datasets.load_dataset(folder)` finds the shards and their types, and
 * for `arrow` `dataset_info.json` and `state.json`, by which `datasets.load_from_disk(folder)` memory-maps them. state.json comes last: a folder
 * that is half done is none that `load_from_disk` opens.
 *
 * `load_dataset(folder)` refuses a folder with a state.json and names `load_from_disk`; `load_dataset('arrow', data_files=…)` reads it.
 *
 * @throws LosslineError `dataset/…` when a file can't be written
 */
export async function writeDatasetFiles(folder: string, options: DatasetFilesOptions): Promise<void> {
  const { shards, columns } = options
  if (shards.length === 0) throw new RangeError('a dataset has at least one shard')
  const format = findFormat(options.format)
  const card = toDatasetCard({ shards, columns, format })
  await writeText(join(folder, 'README.md'), card)
  if (!format.hasState) return
  await writeText(join(folder, 'dataset_info.json'), toJsonText(toDatasetInfo(shards, columns)))
  await writeText(join(folder, 'state.json'), toJsonText(toState(shards)))
}

async function writeText(path: string, text: string): Promise<void> {
  await writeFileWhole(path, [Buffer.from(text)])
}

function toJsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
