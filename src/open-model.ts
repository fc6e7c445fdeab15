import { type ModelFolder, type NamedTemplate, readModelFolder, resolveModel } from './hub/index.ts'
import type { Json } from './json/index.ts'
import { findStopIds, type MaskContext } from './mask/index.ts'
import { type OpenTokenizerOptions, openTokenizer } from './open-tokenizer.ts'
import { ChatTemplate } from './template/index.ts'

export interface OpenModelOptions extends OpenTokenizerOptions {
  /** Used instead of the folder's own: its source, alone or with its name and file. */
  readonly chatTemplate?: string | NamedTemplate
  /** Variables of the template, for every row; a row's own `chat_template_kwargs` win. */
  readonly chatTemplateKwargs?: Readonly<Record<string, Json>>
  /** What `strftime_now` sees; default: the moment of each rendering. */
  readonly now?: Date
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
  const named = listTemplates(folder, options.chatTemplate)
  // One of several is chosen by name; a single one is better told by its file.
  const templates = named.map(({ name, source, file }) =>
    ChatTemplate.compile(source, { name: named.length === 1 ? file : name }),
  )
  const eos = folder.specialTokens['eos_token']
  return {
    folder,
    tokenizer,
    templates,
    specialTokens: folder.specialTokens,
    stopIds: findStopIds(tokenizer, folder, typeof eos === 'string' ? eos : undefined),
    ...(options.chatTemplateKwargs === undefined ? {} : { chatTemplateKwargs: options.chatTemplateKwargs }),
    ...(options.now === undefined ? {} : { now: options.now }),
  }
}

function listTemplates(
  folder: ModelFolder,
  given: OpenModelOptions['chatTemplate'],
): readonly NamedTemplate[] {
  if (given === undefined) return folder.templates
  return [typeof given === 'string' ? { name: 'default', source: given, file: 'chatTemplate' } : given]
}
