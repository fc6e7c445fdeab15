import { concatRows, type TokenRows, toLossWeights } from '../token-rows.ts'
import { findFormatOf } from './find-shards.ts'
import { readShard } from './read-token-rows.ts'
import { type ShardFile, writeShardFile } from './write-shard.ts'

/**
 * Writes a shard anew with a column `loss_weights`: 1 where the label is not -100, else 0. For shards that were written before the first
 * weight between 0 and 1 turned up. The bytes are those that it would have had with the column from the start; weights that are there stay.
 *
 * The whole shard is in memory meanwhile. Until the new one is on the disk, the old one is as it was.
 *
 * @param path of a shard that has rows
 * @throws LosslineError `dataset/…` when it can't be read or written
 */
export async function addLossWeights(path: string): Promise<ShardFile> {
  const batches: TokenRows[] = []
  for await (const batch of readShard(path)) batches.push(batch)
  const rows = concatRows(batches)
  const lossWeights = rows.lossWeights ?? toLossWeights(rows.labels)
  return writeShardFile(path, { ...rows, lossWeights }, findFormatOf(path)!.name)
}
