import { LosslineError } from '../error.ts'
import { type AddedVocabulary, buildAddedVocabulary } from './added-tokens/index.ts'
import {
  type BpeModel,
  type Cuts,
  createBpeModel,
  createFastEncoder,
  type EngineInstance,
  encodeLong,
  type FastEncoder,
  findCuts,
} from './bpe/index.ts'
import { createDecoder, type Decoder } from './decoder/index.ts'
import type { Encoded } from './encoded.ts'
import { GeneralPath } from './general-path.ts'
import { createNormalizer } from './normalizer/index.ts'
import { createPostProcessor, type PostProcessor } from './post-processor/index.ts'
import { endsInBytes } from './pre-tokenizer/index.ts'
import { TokenBuffer } from './token-buffer.ts'
import type { EncodeOptions, Tokenizer } from './tokenizer.ts'
import type { BpeDescription, TokenizerDescription } from './tokenizer-json/index.ts'
import { type Vocabulary, vocabularyOf } from './vocabulary.ts'

/** Everything but the model, whose tables may come from elsewhere. */
export type StepsDescription = Omit<TokenizerDescription, 'model'>

/** What a tokenizer is put together from. */
export interface BpeTokenizerParts {
  readonly steps: StepsDescription
  readonly vocabulary: Vocabulary
  /** Undefined where the engine doesn't know the configuration: all texts go the general path. */
  readonly openFastEncoder: (added: AddedVocabulary) => FastEncoder | undefined
  /** For the general path, where there is no fast encoder to share its tables. */
  readonly openModel: () => BpeModel
}

/**
 * @param engine for the fast encoder; without one all texts go the general path
 * @throws Untranslatable where only the native package can do what the description asks for
 * @throws LosslineError `tokenizer/merge-not-in-vocab`
 */
export function createBpeTokenizer(
  steps: StepsDescription,
  description: BpeDescription,
  engine: EngineInstance | undefined,
): BpeTokenizer {
  const model = { ...description, byteLevel: endsInBytes(steps.preTokenizer) }
  const openFastEncoder = (added: AddedVocabulary) => {
    const addedTokens = Array.from(added.byId.values(), ({ id, token }) => ({ ...token, id }))
    const { normalizer, preTokenizer } = steps
    return engine && createFastEncoder({ normalizer, preTokenizer, model, addedTokens }, engine)
  }
  const openModel = () => createBpeModel(model)
  return new BpeTokenizer({ steps, vocabulary: vocabularyOf(model.vocab), openFastEncoder, openModel })
}

/** A tokenizer with a BPE model, in TypeScript (and WebAssembly) from end to end. */
export class BpeTokenizer implements Tokenizer {
  readonly vocabSize: number
  /** Plain data, for the binary cache. */
  readonly steps: StepsDescription
  readonly fast: FastEncoder | undefined
  readonly #vocabulary: Vocabulary
  readonly #added: AddedVocabulary
  readonly #openGeneral: () => GeneralPath
  #general: GeneralPath | undefined
  readonly #cuts: Cuts | undefined
  readonly #postProcess: PostProcessor | undefined
  readonly #decode: Decoder | undefined

  constructor({ steps, vocabulary, openFastEncoder, openModel }: BpeTokenizerParts) {
    const { postProcessor, decoder, preTokenizer, addedTokens } = steps
    const normalizer = steps.normalizer && createNormalizer(steps.normalizer)
    const added = buildAddedVocabulary(addedTokens, vocabulary, normalizer)
    this.steps = steps
    this.#vocabulary = vocabulary
    this.#added = added
    this.fast = openFastEncoder(added)
    this.#cuts = this.fast && findCuts(this.fast, added.byContent.keys())
    const general = { added, normalizer, preTokenizer }
    if (this.fast === undefined) {
      // What can't be built is told at once, not at the first text.
      const model = openModel()
      this.#general = new GeneralPath({ ...general, openModel: () => model })
    }
    // Few texts go this way beside a fast encoder: its regular expressions wait for the first.
    this.#openGeneral = () => new GeneralPath({ ...general, openModel })
    this.#postProcess = postProcessor && createPostProcessor(postProcessor)
    this.#decode = decoder && createDecoder(decoder)
    this.vocabSize = vocabulary.size + countNew(added, vocabulary)
  }

  encode(text: string, options: EncodeOptions = {}): Encoded {
    const found = this.fast && encodeLong(this.fast, text, this.#cuts)
    const tokens = found === undefined ? this.#encodeGenerally(text) : TokenBuffer.of(found)
    const parts = this.#postProcess?.([tokens], {
      text,
      // A token of the model's own, though it may be an added one too, which is searched for in another form.
      idToToken: id => this.#vocabulary.idToToken(id) ?? this.idToToken(id),
      addSpecialTokens: options.addSpecialTokens ?? true,
    })
    const { ids, starts, ends } = TokenBuffer.join(parts ?? [tokens]).toArrays()
    return { text, ids, starts, ends }
  }

  #encodeGenerally(text: string): TokenBuffer {
    this.#general ??= this.#openGeneral()
    try {
      return this.#general.encode(text)
    } catch (cause) {
      // V8's regular expressions give up on words of many millions of letters.
      if (!(cause instanceof RangeError)) throw cause
      const what = `a text of ${text.length.toLocaleString('en-US')} characters can't be cut into words`
      throw new LosslineError('tokenizer/too-long', what, {
        fix: 'Leave the row out, or split the text.',
        cause,
      })
    }
  }

  decode(ids: ArrayLike<number>, options: { readonly skipSpecialTokens?: boolean } = {}): string {
    const { skipSpecialTokens = true } = options
    const tokens: string[] = []
    for (let t = 0; t < ids.length; t++) {
      const token = this.idToToken(ids[t]!)
      if (token === undefined || (skipSpecialTokens && this.#added.specialContents.has(token))) continue
      tokens.push(token)
    }
    return this.#decode === undefined ? tokens.join(' ') : this.#decode(tokens).join('')
  }

  tokenToId(token: string): number | undefined {
    return this.#added.byContent.get(token) ?? this.#vocabulary.tokenToId(token)
  }

  idToToken(id: number): string | undefined {
    return this.#added.byId.get(id)?.pattern ?? this.#vocabulary.idToToken(id)
  }

  isSpecial(id: number): boolean {
    return this.#added.byId.get(id)?.token.special ?? false
  }

  isAdded(id: number): boolean {
    return this.#added.byId.has(id)
  }
}

function countNew({ byContent }: AddedVocabulary, vocabulary: Vocabulary): number {
  let count = 0
  for (const content of byContent.keys()) if (vocabulary.tokenToId(content) === undefined) count++
  return count
}
