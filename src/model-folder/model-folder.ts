import type { JsonObject } from '../json/index.ts'
import { type NamedTemplate, readTemplates } from './chat-templates.ts'
import { type ModelFiles, readObject } from './files.ts'
import { mergeSpecialTokens } from './special-tokens.ts'
import { findConfigEosIds, findEosIds } from './stop-ids.ts'

/** What the files beside a tokenizer say about it and its chats. Every part may be absent. */
export interface ModelFacts {
  readonly templates: readonly NamedTemplate[]
  /**
   * The special tokens as variables of a template: `bos_token`, `eos_token`, `pad_token`, `unk_token`, …,
   * from special_tokens_map.json and tokenizer_config.json as transformers merges them.
   */
  readonly specialTokens: Readonly<Record<string, string | readonly string[]>>
  /**
   * Stop tokens: `eos_token_id` (one or a list) of generation_config.json and of config.json; the tokenizer's own EOS is in `specialTokens`.
   */
  readonly generationStopIds: readonly number[]
  readonly configStopIds: readonly number[]
  readonly tokenizerConfig: JsonObject
}

/** A model folder on a disk: what it says, and its tokenizer. */
export interface ModelFolder extends ModelFacts {
  readonly folder: string
  /** tokenizer.json or tokenizer.json.gz: its path, and its bytes as they are. */
  readonly tokenizerFile: string
  readonly tokenizerBytes: Uint8Array
}

/**
 * Reads what a model's files say about its tokenizer and its chats.
 *
 * @throws LosslineError `json/syntax`, `hub/not-object`, `hub/chat-template`, each with the file
 */
export function readModelFacts(files: ModelFiles): ModelFacts {
  const tokenizerConfig = readObject(files, 'tokenizer_config.json') ?? {}
  return {
    templates: readTemplates(files, tokenizerConfig),
    specialTokens: mergeSpecialTokens(tokenizerConfig, readObject(files, 'special_tokens_map.json')),
    generationStopIds: findEosIds(readObject(files, 'generation_config.json')),
    configStopIds: findConfigEosIds(readObject(files, 'config.json')),
    tokenizerConfig,
  }
}
