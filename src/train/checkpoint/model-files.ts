import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError } from '../../error.ts'
import type { Parameter } from '../trainable-model.ts'
import { readTensor, readTensorFile, writeSafetensors } from '../weights/index.ts'

/** How the trained weights get into a checkpoint's folder and out of it, to the bit. */
export interface ModelFiles {
  save(folder: string): Promise<void>
  /** Fills the parameters' arrays. */
  load(folder: string): Promise<void>
}

/**
 * The parameters by their names in one safetensors file, as float32.
 *
 * @param file its name in the folder: `adapter_model.safetensors` for an adapter
 * @param alsoSave writes what lies beside it: config.json, the tokenizer, adapter_config.json
 */
export function toModelFiles(
  parameters: readonly Parameter[],
  file: string,
  alsoSave: (folder: string) => Promise<void> = async () => {},
): ModelFiles {
  return {
    save: async folder => {
      mkdirSync(folder, { recursive: true })
      await alsoSave(folder)
      await writeSafetensors(
        join(folder, file),
        parameters.map(({ name, shape, data }) => ({ name, dtype: 'F32', shape, values: data })),
      )
    },
    load: async folder => readParameters(parameters, join(folder, file)),
  }
}

function readParameters(parameters: readonly Parameter[], path: string): void {
  readInto(
    path,
    parameters.map(({ name, shape, data }) => ({ name, shape, data })),
  )
}

/**
 * Fills arrays by name from a safetensors file.
 *
 * @throws LosslineError `train/checkpoint` where the file, or one of the tensors, is not there or of another shape
 */
export function readInto(
  path: string,
  arrays: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly data: Float32Array
  }[],
): void {
  if (!existsSync(path)) throw notOfThis(path, 'is not there')
  const entries = new Map(readTensorFile(path).map(entry => [entry.name, entry]))
  for (const { name, shape, data } of arrays) {
    const entry = entries.get(name)
    if (entry === undefined) throw notOfThis(path, `has no ${name}`)
    if (entry.shape.join() !== shape.join())
      throw notOfThis(path, `has ${name} of the shape [${entry.shape}]; expected [${shape}]`)
    readTensor(entry, data)
  }
}

function notOfThis(where: string, what: string): LosslineError {
  const fix = 'Resume with the model and options that the checkpoint was trained with, or name another.'
  return new LosslineError('train/checkpoint', what, { where, fix })
}
