import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, toWriteError, writeFileWhole } from '../../dataset/index.ts'
import { LosslineError } from '../../error.ts'
import { readTensorFile, type TensorEntry, writeSafetensors } from '../weights/index.ts'
import type { AdapterTensor } from './initialise.ts'
import type { LoraConfig } from './lora-config.ts'
import { formatPeftConfig, parsePeftConfig } from './peft-config.ts'
import type { LoraPlan } from './resolve.ts'

const CONFIG_FILE = 'adapter_config.json'
const WEIGHTS_FILE = 'adapter_model.safetensors'

/** An adapter in PEFT's format; the numbers have not been read. */
export interface AdapterFolder {
  readonly folder: string
  readonly config: LoraConfig
  /** By PEFT's names: `base_model.model.….lora_A.weight`. */
  readonly tensors: ReadonlyMap<string, TensorEntry>
}

/** @throws LosslineError `adapter/none`, `adapter/config`, `adapter/unsupported`, and those of reading safetensors */
export function readAdapterFolder(folder: string): AdapterFolder {
  const configFile = join(folder, CONFIG_FILE)
  let text: string
  try {
    text = readFileSync(configFile, 'utf8')
  } catch (cause) {
    const fix = `Name the folder of an adapter, with ${CONFIG_FILE} and ${WEIGHTS_FILE}.`
    if (!existsSync(folder))
      throw new LosslineError('adapter/none', 'does not exist', { where: folder, fix, cause })
    throw new LosslineError('adapter/none', 'is no adapter', { where: configFile, fix, cause })
  }
  const config = parsePeftConfig(text, configFile)
  const tensors = new Map(readTensorFile(join(folder, WEIGHTS_FILE)).map(entry => [entry.name, entry]))
  return { folder, config, tensors }
}

export interface WriteAdapterOptions {
  readonly config: LoraConfig
  readonly plan: LoraPlan
  readonly tensors: readonly AdapterTensor[]
  /** Name or folder of the base, for adapter_config.json. */
  readonly baseModel?: string
}

/** Writes an adapter that PEFT loads: adapter_config.json and adapter_model.safetensors, in float32. The folder is made. */
export async function writeAdapterFolder(
  folder: string,
  { config, plan, tensors, baseModel }: WriteAdapterOptions,
): Promise<void> {
  try {
    makeFolder(folder)
  } catch (cause) {
    throw toWriteError(cause, folder)
  }
  await writeSafetensors(
    join(folder, WEIGHTS_FILE),
    tensors.map(tensor => ({ ...tensor, dtype: 'F32' as const })),
  )
  await writeFileWhole(join(folder, CONFIG_FILE), [Buffer.from(formatPeftConfig(config, plan, baseModel))])
}
