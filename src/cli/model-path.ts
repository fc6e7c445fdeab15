import { readFileSync } from 'node:fs'
import { LosslineError } from '../error.ts'
import { resolveModel } from '../hub/index.ts'
import type { NamedTemplate } from '../model-folder/index.ts'
import type { Io } from './io.ts'
import type { Values } from './options.ts'

/** @throws LosslineError `cli/missing` where --tokenizer isn't given, `hub/…` where it can't be found */
export function resolveTokenizer({ tokenizer }: Values, io: Io): Promise<string> {
  if (tokenizer === undefined) {
    const fix = 'Name a model folder, its tokenizer.json, or a model of the Hub (org/name).'
    throw new LosslineError('cli/missing', 'is needed', { where: '--tokenizer', fix })
  }
  return resolveModel(tokenizer, { notice: text => io.tell(`lossline: ${text}`) })
}

/** The folder of a model, with its weights. @throws LosslineError `hub/…` where it can't be found */
export async function resolveModelFolder(model: string, io: Io): Promise<string> {
  try {
    return await resolveModel(model, { notice: text => io.tell(`lossline: ${text}`) })
  } catch (cause) {
    if (!(cause instanceof LosslineError) || cause.code !== 'hub/not-found') throw cause
    // A tokenizer.json alone would do for all else.
    const fix = 'Name a folder with config.json, safetensors and tokenizer.json.'
    throw new LosslineError(cause.code, cause.message, { where: cause.where ?? model, fix, cause })
  }
}

/**
 * A template in a file of its own. Being the only one it needs no name to be chosen by, so it has its file's: errors tell it.
 *
 * @param from where its name was given, to be looked at when there is no such file
 */
export function readTemplateFile(file: string, from = '{chat_template}'): NamedTemplate {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const what = code === 'ENOENT' ? 'does not exist' : `can't be read (${code})`
    throw new LosslineError('file/chat-template', what, { where: file, fix: `Check ${from}.`, cause })
  }
  try {
    const source = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { name: file, source, file }
  } catch (cause) {
    const fix = 'Save the template as UTF-8.'
    throw new LosslineError('file/chat-template', 'is not UTF-8', { where: file, fix, cause })
  }
}
