import type { JsonObject } from '../json/index.ts'

/** A named chat template and the file that it was read from. */
export interface NamedTemplate {
  /** `default`, `tool_use`, … */
  readonly name: string
  readonly source: string
  /** For messages: `chat_template.jinja`, `tokenizer_config.json`. */
  readonly file: string
}

/**
 * What a model folder says about its tokenizer and its chats. Every part but the tokenizer may be absent.
 */
export interface ModelFolder {
  readonly folder: string
  /** tokenizer.json or tokenizer.json.gz: its path, and its bytes as they are. */
  readonly tokenizerFile: string
  readonly tokenizerBytes: Uint8Array
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
