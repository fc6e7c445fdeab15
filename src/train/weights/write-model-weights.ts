import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileWhole } from '../../dataset/index.ts'
import { countBytes, countElements } from './dtypes.ts'
import { WEIGHTS_FILE, WEIGHTS_INDEX_FILE } from './tensor-index.ts'
import { type NewTensor, writeSafetensors } from './write-safetensors.ts'

/** The limit of transformers' `save_pretrained`. */
const MAX_SHARD_BYTES = 5_000_000_000

/**
 * Writes a model's tensors into a folder as transformers' `save_pretrained` does: model.safetensors, or, past `maxShardBytes`, numbered files
 * with model.safetensors.index.json. Files of an earlier, differently divided save are removed at the end.
 *
 * @param maxShardBytes `max_shard_size` in bytes; a larger tensor has a file of its own
 */
export async function writeModelWeights(
  folder: string,
  tensors: readonly NewTensor[],
  maxShardBytes: number = MAX_SHARD_BYTES,
): Promise<void> {
  const shards = divide(tensors, maxShardBytes)
  const named = new Map(shards.map((shard, i) => [toShardName(i, shards.length), shard]))
  await writeShards(folder, named)
  removeOthers(folder, named)
}

/** Writes tensors into the files that they are listed under, and the index where there is more than one or it isn't model.safetensors. */
export async function writeShards(
  folder: string,
  shards: ReadonlyMap<string, readonly NewTensor[]>,
): Promise<void> {
  for (const [name, shard] of shards) await writeSafetensors(join(folder, name), shard)
  if (shards.size > 1 || !shards.has(WEIGHTS_FILE)) await writeIndex(folder, shards)
}

/** In the order given; a new shard is begun where the next tensor would make it larger than the limit. */
function divide(tensors: readonly NewTensor[], maxShardBytes: number): NewTensor[][] {
  const shards: NewTensor[][] = []
  let shard: NewTensor[] = []
  let shardBytes = 0
  for (const tensor of tensors) {
    const byteLength = countBytes(tensor.dtype, tensor.shape)
    if (byteLength > maxShardBytes) {
      shards.push([tensor])
      continue
    }
    if (shardBytes + byteLength > maxShardBytes) {
      shards.push(shard)
      shard = []
      shardBytes = 0
    }
    shard.push(tensor)
    shardBytes += byteLength
  }
  if (shard.length > 0 || shards.length === 0) shards.push(shard)
  return shards
}

function toShardName(i: number, count: number): string {
  if (count === 1) return WEIGHTS_FILE
  const pad = (n: number) => String(n).padStart(5, '0')
  return `model-${pad(i + 1)}-of-${pad(count)}.safetensors`
}

async function writeIndex(folder: string, shards: ReadonlyMap<string, readonly NewTensor[]>): Promise<void> {
  const all = [...shards.values()].flat()
  const files = [...shards].flatMap(([file, shard]) => shard.map(({ name }) => [name, file] as const))
  const index = {
    metadata: {
      total_parameters: all.reduce((sum, { shape }) => sum + countElements(shape), 0),
      total_size: all.reduce((sum, { dtype, shape }) => sum + countBytes(dtype, shape), 0),
    },
    weight_map: Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1))),
  }
  const text = `${JSON.stringify(index, null, 2)}\n`
  await writeFileWhole(join(folder, WEIGHTS_INDEX_FILE), [Buffer.from(text)])
}

/** What is left of an earlier save: a reader would take model.safetensors before the index. */
function removeOthers(folder: string, written: ReadonlyMap<string, unknown>): void {
  for (const name of readdirSync(folder)) {
    const isShard = /^model-\d{5}-of-\d{5}\.safetensors$/.test(name) || name === WEIGHTS_FILE
    const isIndex = name === WEIGHTS_INDEX_FILE && written.size === 1
    if ((isShard && !written.has(name)) || isIndex) rmSync(join(folder, name))
  }
}
