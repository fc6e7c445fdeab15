import { modelFromTables } from '../model.ts'
import type { BpeModel, BpeSettings } from '../spec.ts'
import { Engine, type EngineInstance, type EngineTokens, instantiateEngine } from './engine.ts'
import { buildTables, type FastDescription, type FastTables } from './tables.ts'

/** Text to ids and ranges, in one pass over its bytes. */
export interface FastEncoder {
  /**
   * Ids and [start, end) in UTF-16 units of the text, without what a post-processor adds: the same as by way of the general path.
   *
   * @returns undefined for a text that only the general path can do: it isn't NFC and the tokenizer wants it, it holds an added
   *   token with lstrip, rstrip or single_word, a character that is neither in the vocabulary nor has a fallback, or 16 M units
   */
  encode(text: string): EngineTokens | undefined
  /**
   * The model for the general path, over the same tables. Who uses it may let go of the merges of tokenizer.json: half a million pairs of
   * strings are a burden for every garbage collection.
   */
  openModel(): BpeModel
  /** For the binary cache: see {@link toBinary}. */
  readonly tables: FastTables
  readonly engine: Engine
  readonly settings: BpeSettings
  /** Undefined where the tables came from a binary. */
  readonly vocab: ReadonlyMap<string, number> | undefined
}

/** So that offsets and the engine's memory, three bytes to a unit, stay in 32 bits. */
const MAX_UNITS = 2 ** 24

/** @returns undefined when the tokenizer's normalizer, pre-tokenizer or model is of a kind that the engine doesn't know */
export function createFastEncoder(
  description: FastDescription,
  instance?: EngineInstance,
): FastEncoder | undefined {
  const tables = buildTables(description)
  if (tables === undefined) return undefined
  const { vocab, merges: _, ...settings } = description.model
  return encoderFromTables(tables, { settings, vocab, tokenToId: token => vocab.get(token) }, instance)
}

/** What of a model the tables don't hold. */
export interface ModelRest {
  readonly settings: BpeSettings
  readonly vocab?: ReadonlyMap<string, number>
  tokenToId(token: string): number | undefined
}

/** @param instance an engine that was made before, asynchronously; one is made at once by default */
export function encoderFromTables(
  tables: FastTables,
  { settings, vocab, tokenToId }: ModelRest,
  instance: EngineInstance = instantiateEngine(),
): FastEncoder {
  const engine = new Engine(tables, instance)
  return {
    tables,
    engine,
    settings,
    vocab,
    openModel: () => modelFromTables(settings, { tokenToId, pairs: tables.pairs }),
    encode: text => (text.length > MAX_UNITS ? undefined : engine.encode(text)),
  }
}
