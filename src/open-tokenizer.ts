import { createHash } from 'node:crypto'
import { readCached, readTokenizerJson, writeCached } from './hub/index.ts'
import type { ModelFolder } from './model-folder/index.ts'
import { fromBinary, Tokenizer, toBinary } from './tokenizer/index.ts'

/** Changes when the same tokenizer.json gives other tables. */
const TABLES_VERSION = 1

export interface OpenTokenizerOptions {
  /** Keep the built tables in the user's cache folder. Default true. */
  readonly cache?: boolean
  /** Does the writing to the cache when nothing waits for it; default: at once. */
  readonly later?: (work: () => void) => void
}

/**
 * A model folder's tokenizer. Its built tables are kept in the user's cache folder by the content of its files, and read from there the next
 * time: in a tenth of the time that tokenizer.json takes. A damaged copy is made anew.
 *
 * @throws LosslineError as `Tokenizer.fromJSON`
 */
export async function openTokenizer(
  model: ModelFolder,
  options: OpenTokenizerOptions = {},
): Promise<Tokenizer> {
  if (options.cache === false) return buildTokenizer(model)
  const key = toKey(model)
  const kept = readCached(key)
  const known = kept === undefined ? undefined : await fromBinary(kept)
  if (known !== undefined) return known
  const tokenizer = await buildTokenizer(model)
  const keep = (): void => {
    const bytes = toBinary(tokenizer)
    if (bytes !== undefined) writeCached(key, bytes)
  }
  if (options.later === undefined) keep()
  else options.later(keep)
  return tokenizer
}

/**
 * The built tables of a model folder's tokenizer, for `fromBinary` in another place: from the cache where they are there.
 *
 * @returns undefined for a tokenizer without such tables
 */
export async function readTokenizerTables(
  model: ModelFolder,
  { cache = true }: Pick<OpenTokenizerOptions, 'cache'> = {},
): Promise<Uint8Array | undefined> {
  const kept = cache ? readCached(toKey(model)) : undefined
  if (kept !== undefined && (await fromBinary(kept)) !== undefined) return kept
  const bytes = toBinary(await buildTokenizer(model))
  if (bytes !== undefined && cache) writeCached(toKey(model), bytes)
  return bytes
}

function buildTokenizer(model: ModelFolder): Promise<Tokenizer> {
  return Tokenizer.fromJSON(readTokenizerJson(model), { config: model.tokenizerConfig })
}

function toKey({ tokenizerBytes, tokenizerConfig }: ModelFolder): string {
  // The chat template is by far the largest part of the config, and no part of a tokenizer.
  const { chat_template: _, ...config } = tokenizerConfig
  const hash = createHash('sha256').update(tokenizerBytes).update(JSON.stringify(config)).digest('hex')
  return `tokenizer-${TABLES_VERSION}-${hash.slice(0, 32)}`
}
