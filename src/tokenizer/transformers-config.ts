import { Field, parseAddedToken } from './tokenizer-json/index.ts'

/**
 * A tokenizer.json as transformers changes it by tokenizer_config.json: tokens that only `added_tokens_decoder` has are added.
 */
export function applyConfig(json: object, config: object): object {
  const added = new Field(json, '').at('added_tokens').or([], field => field.items())
  const known = new Set(added.map(token => token.at('content').value))
  const decoder = new Field(config, 'tokenizer_config.json').at('added_tokens_decoder')
  const more = decoder.or([], field => entriesOf(field))
  const missing = more.filter(([, token]) => !known.has(token.at('content').value))
  if (missing.length === 0) return json
  return {
    ...json,
    added_tokens: [...added.map(token => token.value), ...missing.map(([id, token]) => toEntry(id, token))],
  }
}
function toEntry(id: number, field: Field): object {
  const { content, special, normalized, singleWord, lstrip, rstrip } = parseAddedToken(field)
  return { id, content, special, normalized, single_word: singleWord, lstrip, rstrip }
}

/** By id; the JSON reader of templates makes a Map of objects with such keys. */
function entriesOf(field: Field): [number, Field][] {
  const entries = field.value instanceof Map ? [...field.value] : Object.entries(field.object())
  return entries
    .map(([id, token]): [number, Field] => [Number(id), new Field(token, `${field.path}.${id}`)])
    .sort(([a], [b]) => a - b)
}
