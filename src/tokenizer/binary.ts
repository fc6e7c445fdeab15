import { instantiateEngineAsync, fromBinary as readBinary, toBinary as writeBinary } from './bpe/index.ts'
import { BpeTokenizer, type StepsDescription } from './bpe-tokenizer.ts'
import type { Tokenizer } from './tokenizer.ts'

/**
 * A tokenizer as one block of bytes for a cache, with version and checksum: {@link fromBinary} has its first ids in a tenth of the time
 * that tokenizer.json takes. With `tokenizer_config.json` applied, if it was.
 *
 * @returns undefined for a tokenizer that gains nothing: of the native package, or of a kind that the fast encoder doesn't know
 * @throws LosslineError `tokenizer/binary-again` for one that was read from such bytes
 */
export function toBinary(tokenizer: Tokenizer): Uint8Array | undefined {
  if (!(tokenizer instanceof BpeTokenizer) || tokenizer.fast === undefined) return undefined
  const { addedTokens, normalizer, preTokenizer, postProcessor, decoder } = tokenizer.steps
  // One by one: the whole description would bring the model's merges with it.
  const steps: StepsDescription = { addedTokens, normalizer, preTokenizer, postProcessor, decoder }
  return writeBinary(steps, tokenizer.fast)
}

/** @returns undefined for bytes that are damaged or of another version, and where WebAssembly is forbidden: take tokenizer.json then */
export async function fromBinary(bytes: Uint8Array): Promise<Tokenizer | undefined> {
  const binary = readBinary(bytes)
  if (binary === undefined) return undefined
  const engine = await instantiateEngineAsync().catch(() => undefined)
  if (engine === undefined) return undefined
  const fast = binary.openFastEncoder(engine)
  // The checksum was right: these are the steps that toBinary was given.
  const steps = binary.steps as StepsDescription
  const { vocabulary } = binary
  return new BpeTokenizer({
    steps,
    vocabulary,
    openFastEncoder: () => fast,
    openModel: () => fast.openModel(),
  })
}
