import { type AddedVocabulary, createExtractor, type Stretch } from './added-tokens/index.ts'
import { type AlignedText, alignText, originalEnd, originalStart } from './aligned-text.ts'
import type { BpeModel, TokenSink } from './bpe/index.ts'
import type { Normalizer } from './normalizer/index.ts'
import { createPreTokenizer, type PreTokenizer } from './pre-tokenizer/index.ts'
import { TokenBuffer } from './token-buffer.ts'
import type { PreTokenizerDescription } from './tokenizer-json/index.ts'

/** With the u flag the two halves of a pair are one character, which is not in this range. */
const LONE_SURROGATES = /[\ud800-\udfff]/gu

export interface GeneralPathParts {
  readonly added: AddedVocabulary
  readonly normalizer: Normalizer | undefined
  readonly preTokenizer: PreTokenizerDescription | undefined
  /** Called once, for the first text that comes this way. */
  readonly openModel: () => BpeModel
}

/**
 * From text to tokens, step by step, for any tokenizer: added tokens, normalizer, pre-tokenizer, model.
 */
export class GeneralPath {
  readonly #extract: (source: AlignedText) => Stretch[]
  readonly #preTokenize: PreTokenizer
  readonly #openModel: () => BpeModel
  #model: BpeModel | undefined

  /** @throws Untranslatable */
  constructor({ added, normalizer, preTokenizer, openModel }: GeneralPathParts) {
    this.#extract = createExtractor(added, normalizer)
    this.#preTokenize = preTokenizer ? createPreTokenizer(preTokenizer) : wholeText
    this.#openModel = openModel
  }

  encode(text: string): TokenBuffer {
    this.#model ??= this.#openModel()
    const tokens = new TokenBuffer(Math.max(16, text.length >> 1))
    const sink = new PieceSink(tokens)
    for (const stretch of this.#extract(alignText(text.replace(LONE_SURROGATES, '\ufffd')))) {
      if (stretch.id === undefined) {
        for (const piece of this.#preTokenize(stretch.text)) sink.take(piece, this.#model)
      } else {
        const { text: content } = stretch.text
        const end = originalEnd(stretch.text, content.length)
        tokens.pushAdded(stretch.id, originalStart(stretch.text, 0), end, content)
      }
    }
    return tokens
  }
}

/** Turns the places in a piece into those in the text. */
class PieceSink implements TokenSink {
  readonly #tokens: TokenBuffer
  #piece: AlignedText = alignText('')

  constructor(tokens: TokenBuffer) {
    this.#tokens = tokens
  }

  take(piece: AlignedText, model: BpeModel): void {
    this.#piece = piece
    model.encodePiece(piece.text, this)
  }

  push(id: number, startChar: number, endChar: number): void {
    this.#tokens.push(id, originalStart(this.#piece, startChar), originalEnd(this.#piece, endChar))
  }
}

function wholeText(source: AlignedText): AlignedText[] {
  return source.text === '' ? [] : [source]
}
