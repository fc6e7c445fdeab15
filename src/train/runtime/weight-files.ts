import { realpathSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { LosslineError } from '../../error.ts'
import type { Dtype } from '../graph/index.ts'
import type { ModelDescription, StoredWeight } from '../model/index.ts'
import type { ByteRange, QuantizedEntry, TensorEntry, TensorIndex } from '../weights/index.ts'

/** The weights of a model folder, for graphs that read them from their files. */
export interface WeightFiles {
  /** The folder that graphs' files are named from. */
  readonly folder: string
  /** @throws LosslineError `train/missing-weight`, `train/weight-dtype` */
  readonly stored: (name: string) => StoredWeight
  readonly entryOf: (name: string) => TensorEntry
}

const DTYPES: Readonly<Record<string, Dtype>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

interface WeightFilesOptions {
  /** The model's folder, for errors. */
  readonly where: string
  /** Weights that are others in the files: a tied head's is the embedding. */
  readonly aliases?: ReadonlyMap<string, string>
  /** Weights that are read from here instead, by the model's names. */
  readonly quantized?: ReadonlyMap<string, QuantizedEntry>
}

/** Finds the weights that `model` asks for among a folder's tensors; a checkpoint without a head calls them less of a prefix. */
export function openWeightFiles(
  index: TensorIndex,
  model: ModelDescription,
  { where, aliases = new Map(), quantized = new Map() }: WeightFilesOptions,
): WeightFiles {
  // ONNX Runtime leaves the folder for no link: files in a cache lie where their links point to.
  const all = [...index.values(), ...quantized.values()]
  const files = new Map(all.map(({ file }) => [file, realpathSync(file)]))
  const folder = commonFolder([...files.values()])
  const { basePrefix } = model
  const entryOf = (asked: string): TensorEntry => {
    const name = aliases.get(asked) ?? asked
    const short = name.startsWith(basePrefix) ? name.slice(basePrefix.length) : name
    const entry = index.get(name) ?? index.get(short)
    if (entry === undefined) {
      const what = `has no tensor ${name}, which its config.json asks for`
      throw new LosslineError('train/missing-weight', what, {
        where,
        fix: 'Copy or download the model again.',
      })
    }
    return entry
  }
  const storedQuantized = ({ file, shape, quantization, codes, scales }: QuantizedEntry): StoredWeight => {
    const location = relative(folder, files.get(file)!)
    const toSource = ({ startByte, byteLength }: ByteRange) =>
      ({ kind: 'file', file: location, offset: startByte, byteLength }) as const
    const { bits, blockSize } = quantization
    const dtype = bits === 4 ? 'int4' : 'int8'
    return { kind: 'quantized', dtype, shape, source: toSource(codes), blockSize, scales: toSource(scales) }
  }
  const stored = (name: string): StoredWeight => {
    const rounded = quantized.get(name)
    if (rounded !== undefined) return storedQuantized(rounded)
    const { dtype, shape, file, startByte, byteLength } = entryOf(name)
    const known = DTYPES[dtype]
    if (known === undefined) {
      const fix = 'Save the model with one of these dtypes.'
      const what = `is ${dtype}; expected F32, F16 or BF16`
      throw new LosslineError('train/weight-dtype', what, { where: `${file} ${name}`, fix })
    }
    const location = relative(folder, files.get(file)!)
    const source = { kind: 'file', file: location, offset: startByte, byteLength } as const
    return { kind: 'plain', dtype: known, shape, source }
  }
  return { folder, stored, entryOf }
}

function commonFolder(files: readonly string[]): string {
  const folders = files.map(file => `${dirname(file)}/`)
  let common = folders[0] ?? '/'
  while (!folders.every(folder => folder.startsWith(common)))
    common = `${dirname(common)}/`.replace(/\/+$/, '/')
  return common
}
