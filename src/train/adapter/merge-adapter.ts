import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { makeFolder, toWriteError, writeFileWhole } from '../../dataset/index.ts'
import { LosslineError } from '../../error.ts'
import { type NewTensor, writeShards } from '../weights/index.ts'
import { readAdapterFolder } from './adapter-folder.ts'
import { fitAdapter } from './fit-adapter.ts'
import { readBase } from './laid-adapter.ts'
import { mergeTensors } from './merge-tensors.ts'
import { listModules } from './modules-of-model.ts'

const CONFIG_FILE = 'config.json'

/** A training run saves these beside its adapter: the model is to be used with them. */
const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'chat_template.json',
]

/**
 * Writes a whole model: the base with an adapter merged into its weights, in the base's dtype and divided into files as the base is, with its
 * other files (and the adapter's tokenizer, where it has one) beside them. The folder is written aside and renamed.
 *
 * @throws LosslineError `adapter/output-exists`, `adapter/other-base`, `adapter/not-finite`, and those of reading and writing
 */
export async function mergeAdapter(
  baseFolder: string,
  adapterFolder: string,
  outFolder: string,
): Promise<void> {
  const base = readBase(baseFolder)
  const { model, index } = base
  const adapter = readAdapterFolder(adapterFolder)
  const fitted = fitAdapter(adapter, listModules(model), model.architecture)

  const { tensors, untiedHead } = mergeTensors(base, fitted, adapter.config)
  const lastFile = basename([...index.values()].at(-1)?.file ?? '')
  const shards = new Map<string, NewTensor[]>()
  for (const [name, tensor] of tensors) {
    const entry = index.get(name)
    const file = entry === undefined ? lastFile : basename(entry.file)
    shards.set(file, [...(shards.get(file) ?? []), tensor])
  }
  const aside = openAside(outFolder)
  try {
    copyFiles(baseFolder, aside, isCopied)
    copyFiles(adapterFolder, aside, name => TOKENIZER_FILES.includes(name))
    if (untiedHead !== undefined)
      await writeFileWhole(join(aside, CONFIG_FILE), [Buffer.from(untie(base.configText))])
    await writeShards(aside, shards)
    renameSync(aside, outFolder)
  } catch (cause) {
    rmSync(aside, { recursive: true, force: true })
    throw toWriteError(cause, outFolder)
  }
}

function openAside(outFolder: string): string {
  const aside = `${resolve(outFolder)}.tmp`
  try {
    if (existsSync(outFolder) && readdirSync(outFolder).length > 0) {
      const fix = 'Name a folder that is empty or does not exist.'
      throw new LosslineError('adapter/output-exists', 'exists and is not empty', { where: outFolder, fix })
    }
    rmSync(aside, { recursive: true, force: true })
    makeFolder(aside)
    return aside
  } catch (cause) {
    throw toWriteError(cause, outFolder)
  }
}

/** All but weights, in whatever format they are. */
function isCopied(name: string): boolean {
  return !/\.(safetensors|bin|pt|pth|gguf|h5|msgpack|onnx|ot)$|\.index\.json$/.test(name)
}

function copyFiles(from: string, to: string, isWanted: (name: string) => boolean): void {
  for (const name of readdirSync(from)) {
    const path = join(from, name)
    if (isWanted(name) && statSync(path).isFile()) copyFileSync(path, join(to, name))
  }
}

/** The text of config.json with its one key changed: other numbers keep the form that Python gave them (`1.0`). */
function untie(text: string): string {
  const tied = /("tie_word_embeddings"\s*:\s*)(?:true|null)/
  if (tied.test(text)) return text.replace(tied, '$1false')
  if (/"tie_word_embeddings"\s*:\s*false/.test(text)) return text
  return text.replace('{', '{\n  "tie_word_embeddings": false,')
}
