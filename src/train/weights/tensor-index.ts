import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LosslineError, quote } from '../../error.ts'
import type { TensorDtype } from './dtypes.ts'
import { readHeader } from './read-header.ts'

/** Where a tensor lies; its numbers have not been read. */
export interface TensorEntry {
  readonly name: string
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  readonly file: string
  /** From the beginning of the file. */
  readonly startByte: number
  readonly byteLength: number
}

/** A model's tensors by name, in the order in which they lie in their files. */
export type TensorIndex = ReadonlyMap<string, TensorEntry>

export const WEIGHTS_FILE = 'model.safetensors'
export const WEIGHTS_INDEX_FILE = 'model.safetensors.index.json'

/**
 * The tensors of a model folder: of model.safetensors, or of the files that model.safetensors.index.json names. As in transformers the
 * single file goes before the index. Only headers are read.
 *
 * @throws LosslineError `weights/none`, `weights/index`, `weights/missing-shard`, `weights/missing-tensor`, and those of a file's header
 */
export function readTensorIndex(folder: string): TensorIndex {
  const single = join(folder, WEIGHTS_FILE)
  if (existsSync(single)) return new Map(readTensorFile(single).map(entry => [entry.name, entry]))
  const indexFile = join(folder, WEIGHTS_INDEX_FILE)
  if (existsSync(indexFile)) return readShards(folder, indexFile)
  throw noWeights(folder)
}

/** The tensors of one safetensors file, in the order of their bytes. */
export function readTensorFile(file: string): TensorEntry[] {
  const { tensors, dataStart } = readHeader(file)
  return tensors.map(tensor => ({ ...tensor, file, startByte: dataStart + tensor.startByte }))
}

function readShards(folder: string, indexFile: string): TensorIndex {
  const weightMap = readWeightMap(indexFile)
  const index = new Map<string, TensorEntry>()
  for (const shard of new Set(weightMap.values())) {
    const file = join(folder, shard)
    if (!existsSync(file)) {
      const what = `names the shard ${shard}, which does not exist`
      const fix = 'Copy or download the missing file.'
      throw new LosslineError('weights/missing-shard', what, { where: indexFile, fix })
    }
    for (const entry of readTensorFile(file)) {
      if (weightMap.get(entry.name) === shard) index.set(entry.name, entry)
    }
  }
  for (const [name, shard] of weightMap) {
    if (index.has(name)) continue
    const what = `puts ${quote(name)} in ${shard}, which does not hold it`
    const fix = 'Copy or download both files again: they are of different models.'
    throw new LosslineError('weights/missing-tensor', what, { where: indexFile, fix })
  }
  return index
}

function readWeightMap(indexFile: string): Map<string, string> {
  const fix = 'Copy or download it again.'
  let value: unknown
  try {
    value = JSON.parse(readFileSync(indexFile, 'utf8'))
  } catch (cause) {
    throw new LosslineError('weights/index', 'holds no JSON', { where: indexFile, fix, cause })
  }
  const map = typeof value === 'object' && value !== null && 'weight_map' in value ? value.weight_map : null
  if (typeof map !== 'object' || map === null) {
    throw new LosslineError('weights/index', 'has no weight_map', { where: indexFile, fix })
  }
  const weightMap = new Map<string, string>()
  for (const [name, shard] of Object.entries(map)) {
    // A path in here would lead out of the model's folder.
    if (typeof shard !== 'string' || shard !== basename(shard) || shard === '..') {
      const what = `weight_map[${quote(name)}] is ${quote(shard)}; expected the name of a file beside it`
      throw new LosslineError('weights/index', what, { where: indexFile, fix })
    }
    weightMap.set(name, shard)
  }
  return weightMap
}

function noWeights(folder: string): LosslineError {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const pickled = names.find(name => /^pytorch_model.*\.bin$/.test(name))
  const what = `holds neither ${WEIGHTS_FILE} nor ${WEIGHTS_INDEX_FILE}`
  if (pickled === undefined) {
    const fix = 'Name a model folder with its weights in safetensors files.'
    return new LosslineError('weights/none', what, { where: folder, fix })
  }
  const fix = 'Load it in transformers and save it anew: save_pretrained writes safetensors.'
  return new LosslineError('weights/none', `${what}, only ${pickled}`, { where: folder, fix })
}
