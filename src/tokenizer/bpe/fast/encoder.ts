import type { BpeSpec } from '../spec.ts'
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
  /** For the binary cache: see {@link toBinary}. */
  readonly tables: FastTables
  readonly engine: Engine
  /** Undefined where the tables came from there. */
  readonly model: BpeSpec | undefined
}

/** So that offsets and the engine's memory, three bytes to a unit, stay in 32 bits. */
const MAX_UNITS = 2 ** 24

/** @returns undefined when the tokenizer's normalizer, pre-tokenizer or model is of a kind that the engine doesn't know */
export function createFastEncoder(
  description: FastDescription,
  instance?: EngineInstance,
): FastEncoder | undefined {
  const tables = buildTables(description)
  return tables === undefined ? undefined : encoderFromTables(tables, { instance, model: description.model })
}

export interface EncoderOptions {
  /** An engine that was made before, asynchronously; one is made at once by default. */
  readonly instance?: EngineInstance | undefined
  readonly model?: BpeSpec
}

export function encoderFromTables(tables: FastTables, { instance, model }: EncoderOptions = {}): FastEncoder {
  const engine = new Engine(tables, instance ?? instantiateEngine())
  return {
    tables,
    engine,
    model,
    encode: text => (text.length > MAX_UNITS ? undefined : engine.encode(text)),
  }
}
