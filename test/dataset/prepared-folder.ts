import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ShardFile,
  type ShardFormat,
  type TokenRows,
  toColumnNames,
  writeDatasetFiles,
  writeShard,
} from '../../src/dataset/index.ts'

/** Writes a folder in `parent` as a preparation leaves it, its manifest, rejected rows and report included, and gives its path. */
export async function writePreparedFolder(
  parent: string,
  shards: readonly TokenRows[],
  format: ShardFormat['name'],
): Promise<string> {
  const folder = mkdtempSync(join(parent, `${format}-`))
  const files: ShardFile[] = []
  for (const [index, rows] of shards.entries()) files.push(await writeShard(folder, index, rows, format))
  await writeDatasetFiles(folder, { shards: files, columns: toColumnNames(shards[0]!), format })
  writeFileSync(join(folder, 'lossline.json'), '{"version":"0.1.0"}\n')
  writeFileSync(join(folder, 'rejected.jsonl'), '{"file":"a.jsonl","row":3}\n')
  writeFileSync(join(folder, 'report.html'), '<!doctype html>\n')
  return folder
}
