import type { CtcDescription } from '../tokenizer-json/index.ts'
import type { Decoder } from './decoder.ts'

/** What tokenizing put between English words and marks. */
const CLEANUPS: readonly (readonly [from: string, to: string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
]

/** Tokens without the prefix begin a word: a space comes before them. */
export function decodeWordPiece(prefix: string, isCleaned: boolean): Decoder {
  return tokens =>
    tokens.map((token, t) => {
      const inWord = t > 0 && token.startsWith(prefix)
      const text = inWord ? token.slice(prefix.length) : t > 0 ? ` ${token}` : token
      return isCleaned ? cleanUp(text) : text
    })
}

/** The suffix ends a word: a space comes in its place, but at the end. */
export function decodeSuffix(suffix: string): Decoder {
  return tokens => tokens.map((token, t) => token.replaceAll(suffix, t === tokens.length - 1 ? '' : ' '))
}

export function decodeCtc({ padToken, wordDelimiterToken, cleanup }: CtcDescription): Decoder {
  return tokens =>
    tokens
      .filter((token, t) => token !== tokens[t - 1])
      .map(token => {
        const text = token.replaceAll(padToken, '')
        return cleanup ? cleanUp(text).replaceAll(wordDelimiterToken, ' ') : text
      })
      .filter(text => text !== '')
}

function cleanUp(text: string): string {
  return CLEANUPS.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), text)
}
