import type { Json, JsonObject } from '../json/index.ts'
import { isObject } from './files.ts'

/**
 * The special tokens that a chat template sees as variables, as transformers 5 gathers them: every `…_token` of tokenizer_config.json, the
 * model's own (`image_token`) among them, and those of an `extra_special_tokens` with names; over them those of
 * special_tokens_map.json, which is read only for configs without `added_tokens_decoder`.
 */
export function mergeSpecialTokens(config: JsonObject, map: JsonObject | undefined): Record<string, string> {
  const tokens = new Map<string, string>()
  const legacy = config['added_tokens_decoder'] === undefined ? map : undefined
  for (const [name, value] of [...findTokens(config), ...findTokens(legacy ?? {})]) tokens.set(name, value)
  return Object.fromEntries(tokens)
}

function* findTokens(from: JsonObject): Generator<[string, string]> {
  for (const [name, value] of Object.entries(from)) {
    const token = toToken(value)
    if (token !== undefined && name.endsWith('_token')) yield [name, token]
  }
  const extra = from['extra_special_tokens']
  if (!isObject(extra)) return
  for (const [name, value] of Object.entries(extra)) {
    const token = toToken(value)
    if (token !== undefined) yield [name, token]
  }
}

/** A token is written as its text, or as an AddedToken with the text in `content`. */
function toToken(value: Json): string | undefined {
  if (typeof value === 'string') return value
  return isObject(value) && typeof value['content'] === 'string' ? value['content'] : undefined
}
