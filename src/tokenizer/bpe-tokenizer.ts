import {
  type AddedVocabulary,
  buildAddedVocabulary,
  createExtractor,
  type Stretch,
} from './added-tokens/index.ts'
import { type AlignedText, alignText, originalEnd, originalStart } from './aligned-text.ts'
import { type BpeModel, createBpeModel, type TokenSink } from './bpe/index.ts'
import { createDecoder, type Decoder } from './decoder/index.ts'
import type { Encoded } from './encoded.ts'
import { createNormalizer } from './normalizer/index.ts'
import { createPostProcessor, type PostProcessor } from './post-processor/index.ts'
import { createPreTokenizer, endsInBytes, type PreTokenizer } from './pre-tokenizer/index.ts'
import { TokenBuffer } from './token-buffer.ts'
import type { EncodeOptions, Tokenizer } from './tokenizer.ts'
import type { BpeDescription, TokenizerDescription } from './tokenizer-json/index.ts'

export interface BpeTokenizerDescription extends TokenizerDescription {
  readonly model: BpeDescription
}

/** With the u flag the two halves of a pair are one character, which is not in this range. */
const LONE_SURROGATES = /[\ud800-\udfff]/gu

/**
 * A tokenizer with a BPE model, in TypeScript from end to end.
 *
 * @throws Untranslatable where only the native package can do what the description asks for
 */
export class BpeTokenizer implements Tokenizer {
  readonly vocabSize: number
  readonly #vocab: ReadonlyMap<string, number>
  #tokens: ReadonlyMap<number, string> | undefined
  readonly #added: AddedVocabulary
  readonly #extract: (source: AlignedText) => Stretch[]
  readonly #preTokenize: PreTokenizer
  readonly #model: BpeModel
  readonly #postProcess: PostProcessor | undefined
  readonly #decode: Decoder | undefined

  constructor(description: BpeTokenizerDescription) {
    const { normalizer, preTokenizer, model, postProcessor, decoder, addedTokens } = description
    const normalize = normalizer && createNormalizer(normalizer)
    this.#vocab = model.vocab
    const vocabulary = { tokenToId: (token: string) => model.vocab.get(token), size: model.vocab.size }
    this.#added = buildAddedVocabulary(addedTokens, vocabulary, normalize)
    this.#extract = createExtractor(this.#added, normalize)
    this.#preTokenize = preTokenizer ? createPreTokenizer(preTokenizer) : wholeText
    this.#model = createBpeModel({ ...model, byteLevel: endsInBytes(preTokenizer) })
    this.#postProcess = postProcessor && createPostProcessor(postProcessor)
    this.#decode = decoder && createDecoder(decoder)
    this.vocabSize = model.vocab.size + countNew(this.#added, model.vocab)
  }

  encode(text: string, options: EncodeOptions = {}): Encoded {
    const tokens = this.#encode(text.replace(LONE_SURROGATES, '\ufffd'))
    const parts = this.#postProcess?.([tokens], {
      text,
      idToToken: id => this.idToToken(id),
      addSpecialTokens: options.addSpecialTokens ?? true,
    })
    return toEncoded(text, parts ?? [tokens])
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
    return this.#added.byContent.get(token) ?? this.#vocab.get(token)
  }

  idToToken(id: number): string | undefined {
    return this.#added.byId.get(id)?.pattern ?? this.#tokenOfModel(id)
  }

  isSpecial(id: number): boolean {
    return this.#added.byId.get(id)?.token.special ?? false
  }

  isAdded(id: number): boolean {
    return this.#added.byId.has(id)
  }

  #encode(text: string): TokenBuffer {
    const tokens = new TokenBuffer(Math.max(16, text.length >> 1))
    const sink = new PieceSink(tokens)
    for (const { text: stretch, id } of this.#extract(alignText(text))) {
      if (id !== undefined) {
        const { length } = stretch.text
        tokens.pushAdded(id, originalStart(stretch, 0), originalEnd(stretch, length), stretch.text)
        continue
      }
      for (const piece of this.#preTokenize(stretch)) {
        sink.piece = piece
        this.#model.encodePiece(piece.text, sink)
      }
    }
    return tokens
  }

  #tokenOfModel(id: number): string | undefined {
    this.#tokens ??= new Map([...this.#vocab].map(([token, tokenId]) => [tokenId, token]))
    return this.#tokens.get(id)
  }
}

/** Turns the places in a piece into those in the text. */
class PieceSink implements TokenSink {
  piece: AlignedText = alignText('')
  readonly #tokens: TokenBuffer

  constructor(tokens: TokenBuffer) {
    this.#tokens = tokens
  }

  push(id: number, startChar: number, endChar: number): void {
    this.#tokens.push(id, originalStart(this.piece, startChar), originalEnd(this.piece, endChar))
  }
}

function wholeText(source: AlignedText): AlignedText[] {
  return source.text === '' ? [] : [source]
}

function countNew({ byContent }: AddedVocabulary, vocab: ReadonlyMap<string, number>): number {
  let count = 0
  for (const content of byContent.keys()) if (!vocab.has(content)) count++
  return count
}

function toEncoded(text: string, parts: readonly TokenBuffer[]): Encoded {
  const [first = new TokenBuffer(0)] = parts
  const all = parts.length === 1 ? first : new TokenBuffer(parts.reduce((sum, { length }) => sum + length, 0))
  if (parts.length !== 1) for (const part of parts) all.append(part)
  return {
    text,
    ids: all.ids.slice(0, all.length),
    starts: all.starts.slice(0, all.length),
    ends: all.ends.slice(0, all.length),
  }
}
