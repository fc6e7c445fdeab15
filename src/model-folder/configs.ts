import { type NamedTemplate, readUnusedTemplates } from './chat-templates.ts'
import { type ModelFiles, readObject } from './files.ts'
import { findIds } from './stop-ids.ts'

/** What one file says of token ids; empty where it says nothing. */
export interface ConfiguredIds {
  readonly eos: readonly number[]
  readonly bos: readonly number[]
  readonly pad: readonly number[]
}

/** What files beside the tokenizer say a second time, and may say otherwise. */
export interface ModelConfigs {
  /** generation_config.json; undefined where there is none. */
  readonly generation: ConfiguredIds | undefined
  /** config.json; undefined where there is none. */
  readonly model: (ConfiguredIds & { readonly vocabSize: number | undefined }) | undefined
  /** Chat templates in places that are passed over because another place has some. */
  readonly unusedTemplates: readonly NamedTemplate[]
}

/** @throws LosslineError as `readModelFacts` */
export function readModelConfigs(files: ModelFiles): ModelConfigs {
  const config = readObject(files, 'config.json')
  const generation = readObject(files, 'generation_config.json')
  const idsOf = (of: Parameters<typeof findIds>[0]): ConfiguredIds => ({
    eos: findIds(of, 'eos_token_id'),
    bos: findIds(of, 'bos_token_id'),
    pad: findIds(of, 'pad_token_id'),
  })
  return {
    generation: generation && idsOf(generation),
    model: config && { ...idsOf(config), vocabSize: findIds(config, 'vocab_size')[0] },
    unusedTemplates: readUnusedTemplates(files, readObject(files, 'tokenizer_config.json') ?? {}),
  }
}
