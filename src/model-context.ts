import type { Json } from './json/index.ts'
import { findStopIds, type MaskContext } from './mask/index.ts'
import type { ModelFacts, NamedTemplate } from './model-folder/index.ts'
import { ChatTemplate, type RenderLimits } from './template/index.ts'
import type { Tokenizer } from './tokenizer/index.ts'

export interface ModelContextOptions {
  /** Used instead of the model's own: its source, alone or with its name and file. */
  readonly chatTemplate?: string | NamedTemplate
  /** Variables of the template, for every row; a row's own `chat_template_kwargs` win. */
  readonly chatTemplateKwargs?: Readonly<Record<string, Json>>
  /** What `strftime_now` sees; default: the moment of each rendering. */
  readonly now?: Date
  /** How much the rendering of a row may do. */
  readonly limits?: Partial<RenderLimits>
}

/**
 * What a mask needs of a model, from what its files say: templates compiled, stop tokens found.
 *
 * @throws LosslineError for a template that can't be compiled
 */
export function toModelContext(
  facts: ModelFacts,
  tokenizer: Tokenizer,
  options: ModelContextOptions = {},
): MaskContext {
  const { chatTemplate, chatTemplateKwargs, now, limits } = options
  const named = listTemplates(facts, chatTemplate)
  const eos = facts.specialTokens['eos_token']
  return {
    tokenizer,
    // One of several is chosen by name; a single one is better told by its file.
    templates: named.map(({ name, source, file }) =>
      ChatTemplate.compile(source, { name: named.length === 1 ? file : name }),
    ),
    specialTokens: facts.specialTokens,
    stopIds: findStopIds(tokenizer, facts, typeof eos === 'string' ? eos : undefined),
    ...(chatTemplateKwargs === undefined ? {} : { chatTemplateKwargs }),
    ...(now === undefined ? {} : { now }),
    ...(limits === undefined ? {} : { limits }),
  }
}

function listTemplates(
  { templates }: ModelFacts,
  given: ModelContextOptions['chatTemplate'],
): readonly NamedTemplate[] {
  if (given === undefined) return templates
  return [typeof given === 'string' ? { name: 'default', source: given, file: 'chatTemplate' } : given]
}
