import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { makeFolder } from '../../dataset/index.ts'
import { LosslineError } from '../../error.ts'
import { formatPeftConfig, type LaidAdapter } from '../adapter/index.ts'
import type { Parameter } from '../trainable-model.ts'
import {
  readTensor,
  readTensorFile,
  readTensorIndex,
  type TensorEntry,
  writeModelWeights,
  writeSafetensors,
} from '../weights/index.ts'

/** How the trained weights get into a folder and out of it, to the bit: a checkpoint's, and the result's. */
export interface ModelFiles {
  /** Makes the folder where it isn't there. */
  save(folder: string): Promise<void>
  /** Fills the parameters' arrays. */
  load(folder: string): Promise<void>
}

/** What a person needs beside the weights. */
export interface ModelFilesOptions {
  /** The folder of the model that is trained: its config.json and tokenizer files are copied. */
  readonly baseFolder: string
  /** Where the tokenizer's files are, when not there. */
  readonly tokenizerFolder?: string
  /** The source of the chat template that was trained with, when it isn't the tokenizer's. */
  readonly chatTemplate?: string
}

const ADAPTER_WEIGHTS = 'adapter_model.safetensors'
const ADAPTER_CONFIG = 'adapter_config.json'
const MODEL_CONFIG = 'config.json'
const TEMPLATE_FILE = 'chat_template.jinja'

const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer.model',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  TEMPLATE_FILE,
]

/**
 * A whole model as `save_pretrained` writes it: all weights as float32, in which they are trained, in files of at most 5 GB, and a config.json
 * that says so.
 */
export function toFullModelFiles(parameters: readonly Parameter[], options: ModelFilesOptions): ModelFiles {
  return {
    save: async folder => {
      makeFolder(folder)
      const config = JSON.parse(readFileSync(join(options.baseFolder, MODEL_CONFIG), 'utf8')) as object
      writeJson(join(folder, MODEL_CONFIG), withFloat32(config))
      copyFiles(options.baseFolder, folder, ['generation_config.json'])
      copyTokenizer(folder, options)
      await writeModelWeights(folder, parameters.map(toTensor))
    },
    load: async folder => readInto(folder, readTensorIndex(folder), parameters),
  }
}

/** An adapter in PEFT's format. The parameters have the names that its file gives them. */
export function toAdapterFiles(
  parameters: readonly Parameter[],
  { config, plan }: LaidAdapter,
  options: ModelFilesOptions,
): ModelFiles {
  const weights = toModelFiles(parameters, ADAPTER_WEIGHTS)
  return {
    save: async folder => {
      makeFolder(folder)
      writeFileSync(join(folder, ADAPTER_CONFIG), formatPeftConfig(config, plan, options.baseFolder))
      copyTokenizer(folder, options)
      await weights.save(folder)
    },
    load: weights.load,
  }
}

/** The parameters by their names in one safetensors file, as float32. */
export function toModelFiles(parameters: readonly Parameter[], file: string): ModelFiles {
  return {
    save: async folder => {
      makeFolder(folder)
      await writeSafetensors(join(folder, file), parameters.map(toTensor))
    },
    load: async folder => readFileInto(join(folder, file), parameters),
  }
}

interface NamedArray {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/**
 * Fills arrays by name from a safetensors file.
 *
 * @throws LosslineError `train/checkpoint` where the file, or one of the tensors, is not there or of another shape
 */
export function readFileInto(path: string, arrays: readonly NamedArray[]): void {
  if (!existsSync(path)) throw notOfThis(path, 'is not there')
  readInto(path, new Map(readTensorFile(path).map(entry => [entry.name, entry])), arrays)
}

function readInto(
  where: string,
  entries: ReadonlyMap<string, TensorEntry>,
  arrays: readonly NamedArray[],
): void {
  for (const { name, shape, data } of arrays) {
    const entry = entries.get(name)
    if (entry === undefined) throw notOfThis(where, `has no ${name}`)
    if (entry.shape.join() !== shape.join())
      throw notOfThis(where, `has ${name} of the shape [${entry.shape}]; expected [${shape}]`)
    readTensor(entry, data)
  }
}

function toTensor({ name, shape, data }: NamedArray): {
  readonly name: string
  readonly dtype: 'F32'
  readonly shape: readonly number[]
  readonly values: Float32Array
} {
  return { name, dtype: 'F32', shape, values: data }
}

/** transformers 5 says `dtype`, earlier ones `torch_dtype`. */
function withFloat32(config: object): object {
  const key = 'dtype' in config ? 'dtype' : 'torch_dtype'
  return { ...config, [key]: 'float32' }
}

function copyTokenizer(
  folder: string,
  { baseFolder, tokenizerFolder, chatTemplate }: ModelFilesOptions,
): void {
  copyFiles(tokenizerFolder ?? baseFolder, folder, TOKENIZER_FILES)
  if (chatTemplate !== undefined) writeFileSync(join(folder, TEMPLATE_FILE), chatTemplate)
}

function copyFiles(from: string, to: string, names: readonly string[]): void {
  for (const name of names) {
    const packed = join(from, `${name}.gz`)
    // Written anew, not copied: a copy of a read-only file could not be written over by the next training.
    if (existsSync(join(from, name))) writeFileSync(join(to, name), readFileSync(join(from, name)))
    // Unpacked: other tools know no such file.
    else if (existsSync(packed)) writeFileSync(join(to, name), gunzipSync(readFileSync(packed)))
  }
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`)
}

function notOfThis(where: string, what: string): LosslineError {
  const fix = 'Resume with the model and options that the checkpoint was trained with, or name another.'
  return new LosslineError('train/checkpoint', what, { where, fix })
}
