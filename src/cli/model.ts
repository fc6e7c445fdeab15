import { LosslineError } from '../error.ts'
import { readModelFolder } from '../hub/index.ts'
import { type Model, openModel } from '../open-model.ts'
import { type OpenTokenizerOptions, openTokenizer } from '../open-tokenizer.ts'
import type { Tokenizer } from '../tokenizer/index.ts'
import type { Io } from './io.ts'
import { readTemplateFile, resolveTokenizer } from './model-path.ts'
import type { Values } from './options.ts'

/** The model that --tokenizer names, with the templates that --chat-template may put in place of its own. */
export async function openModelOf(values: Values, io: Io): Promise<Model> {
  const path = await resolveTokenizer(values, io)
  return namingFile(path, () =>
    openModel(path, {
      ...(values.chat_template !== undefined && { chatTemplate: readTemplateFile(values.chat_template) }),
      ...(values.chat_template_kwargs !== undefined && { chatTemplateKwargs: values.chat_template_kwargs }),
      ...(values.now !== undefined && { now: values.now }),
      ...cacheOf(values),
    }),
  )
}

/** The tokenizer alone: the folder's template may be whatever it likes. */
export async function openTokenizerOf(values: Values, io: Io): Promise<Tokenizer> {
  const path = await resolveTokenizer(values, io)
  return namingFile(path, () => openTokenizer(readModelFolder(path), cacheOf(values)))
}

/** The tables of a new tokenizer are kept when the answer is there: nobody waits for them. */
function cacheOf({ no_cache }: Values): OpenTokenizerOptions {
  return { cache: no_cache !== true, later: work => process.once('beforeExit', work) }
}

/** A tokenizer is made from text, and its errors don't know whose. */
async function namingFile<Value>(path: string, open: () => Promise<Value>): Promise<Value> {
  try {
    return await open()
  } catch (error) {
    throw error instanceof LosslineError && error.code.startsWith('tokenizer/') ? error.at(path) : error
  }
}
