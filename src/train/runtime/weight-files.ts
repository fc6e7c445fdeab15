import { realpathSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import type { Dtype } from '../graph/index.ts'
import type { StoredWeight } from '../model/index.ts'
import type { ByteRange, QuantizedEntry, TensorEntry, TensorIndex } from '../weights/index.ts'

/** The weights of a model folder, for graphs that read them from their files. */
export interface WeightFiles {
  /** The folder that graphs' files are named from. */
  readonly folder: string
  readonly stored: (name: string) => StoredWeight
  readonly entryOf: (name: string) => TensorEntry
}

const DTYPES: Readonly<Record<string, Dtype>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

/**
 * Says where the weights of a model lie.
 *
 * @param weights by the model's names, as `resolveWeights` has found and checked them
 * @param quantized weights that are read from here instead
 */
export function openWeightFiles(
  weights: TensorIndex,
  quantized: ReadonlyMap<string, QuantizedEntry> = new Map(),
): WeightFiles {
  // ONNX Runtime leaves the folder for no link: files in a cache lie where their links point to.
  const all = [...weights.values(), ...quantized.values()]
  const files = new Map(all.map(({ file }) => [file, realpathSync(file)]))
  const folder = commonFolder([...files.values()])
  const entryOf = (name: string): TensorEntry => {
    const entry = weights.get(name)
    if (entry === undefined) throw new RangeError(`the model has no weight ${name}`)
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
    const location = relative(folder, files.get(file)!)
    const source = { kind: 'file', file: location, offset: startByte, byteLength } as const
    return { kind: 'plain', dtype: DTYPES[dtype]!, shape, source }
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
