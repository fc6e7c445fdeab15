import type { AddedToken } from './tokenizer-json/index.ts'
import { Field, parseAddedToken } from './tokenizer-json/index.ts'

const NAMED_TOKENS: ReadonlySet<string> = new Set([
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
])

/**
 * A tokenizer.json with the tokens that transformers 5 adds by the tokenizer_config.json beside it: those of `added_tokens_decoder`,
 * with the flags that they have there, the named ones (`pad_token`, `image_token`, …) and `extra_special_tokens`.
 *
 * `add_bos_token` and `add_eos_token` change nothing: where there is a tokenizer.json, transformers 5 takes its post-processor. Unlike
 * transformers 5, which builds the pipeline of LlamaTokenizer and some others anew by their class, we take the file's.
 */
export function applyConfig(json: object, config: object): object {
  const entries = new Field(json, 'tokenizer.json').at('added_tokens').or([], field => field.items())
  const inFile = new Map(entries.map(entry => [entry.at('content').string(), parseAddedToken(entry)]))
  const added = findAddedTokens(new Field(config, 'tokenizer_config.json'), inFile)
  const isSame = (token: AddedToken) => JSON.stringify(inFile.get(token.content)) === JSON.stringify(token)
  const changes = added.filter(token => token.content !== '' && !isSame(token))
  if (changes.length === 0) return json
  const more = changes.map(({ singleWord, ...token }) => ({ id: 0, ...token, single_word: singleWord }))
  return { ...json, added_tokens: [...entries.map(entry => entry.value), ...more] }
}

/** In the order in which transformers adds them. */
function findAddedTokens(config: Field, inFile: ReadonlyMap<string, AddedToken>): AddedToken[] {
  const named = findNamedTokens(config)
  const names = new Set(named.map(({ content }) => content))
  const decoder = config.at('added_tokens_decoder').or([], readDecoder)
  const added = decoder.map(token => (names.has(token.content) ? { ...token, special: true } : token))
  const known = new Set([...inFile.keys(), ...added.map(({ content }) => content)])
  for (const token of [...named, ...findExtraTokens(config)]) {
    if (known.has(token.content)) continue
    known.add(token.content)
    added.push(token)
  }
  return added
}

/** By id. Where it was read as Python reads JSON, an object with such keys is a Map. */
function readDecoder(field: Field): AddedToken[] {
  const entries = field.value instanceof Map ? [...field.value] : Object.entries(field.object())
  return entries
    .map(([id, token]): [number, unknown] => [Number(id), token])
    .sort(([a], [b]) => a - b)
    .map(([id, token]) => parseAddedToken(new Field(token, field.file, `${field.path}.${id}`)))
}

/** `bos_token` and its like, and those of the model's own (`image_token`). */
function findNamedTokens(config: Field): AddedToken[] {
  const object = config.object()
  const keys = Object.keys(object).filter(key => key.endsWith('_token') && isToken(object[key], key))
  const extra = config.at('extra_special_tokens')
  return [
    ...keys.map(key => readToken(config.at(key))),
    ...(isObject(extra.value) ? Object.keys(extra.value).map(key => readToken(extra.at(key))) : []),
  ]
}

function findExtraTokens(config: Field): AddedToken[] {
  const extra = config.at('extra_special_tokens')
  if (Array.isArray(extra.value) && extra.value.length > 0) return extra.items().map(readToken)
  const additional = config.at('additional_special_tokens')
  return Array.isArray(additional.value) ? additional.items().map(readToken) : []
}

function isToken(value: unknown, key: string): boolean {
  return (
    typeof value === 'string' ||
    (isObject(value) && 'content' in value && (NAMED_TOKENS.has(key) || '__type' in value))
  )
}

/** A string, or an object with the flags of an added token. */
function readToken(field: Field): AddedToken {
  if (!isObject(field.value))
    return parseAddedToken(new Field({ content: field.string(), special: true }, field.file, field.path))
  return { ...parseAddedToken(field), special: true }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
