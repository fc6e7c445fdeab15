import { readModelFolder, resolveModel } from './hub/index.ts'
import type { MaskContext } from './mask/index.ts'
import { type ModelContextOptions, toModelContext } from './model-context.ts'
import type { ModelFolder } from './model-folder/index.ts'
import { type OpenTokenizerOptions, openTokenizer } from './open-tokenizer.ts'

export interface OpenModelOptions extends OpenTokenizerOptions, ModelContextOptions {
  /** Told when something is downloaded. */
  readonly notice?: (text: string) => void
}

/** All that a mask needs of a model, and the folder that it came from. */
export interface Model extends MaskContext {
  readonly folder: ModelFolder
}

/**
 * Opens a model: its tokenizer, chat templates, special and stop tokens.
 *
 * @param path a model folder, its tokenizer.json, or a name on the Hub
 * @throws LosslineError where a file is missing, cut, or says what can't be used
 */
export async function openModel(path: string, options: OpenModelOptions = {}): Promise<Model> {
  const folder = readModelFolder(
    await resolveModel(path, options.notice === undefined ? {} : { notice: options.notice }),
  )
  const tokenizer = await openTokenizer(folder, options)
  return { folder, ...toModelContext(folder, tokenizer, options) }
}
