import { LosslineError } from '../../error.ts'
import type { AddedToken, TokenizerDescription } from './description.ts'
import { Field, TAKE_AGAIN } from './field.ts'
import { parseModel } from './model.ts'
import { parsePostProcessor } from './post-processor.ts'
import { parseDecoder, parseNormalizer, parsePreTokenizer } from './steps.ts'

/**
 * Reads a tokenizer.json, as text or already parsed.
 *
 * @throws LosslineError `tokenizer/json` with the path inside the file, or the position where its JSON breaks off
 */
export function parseTokenizerJson(json: string | object): TokenizerDescription {
  const root = new Field(readJson(json, 'tokenizer.json'), 'tokenizer.json')
  return {
    addedTokens: root.at('added_tokens').or([], it => it.items().map(parseAddedToken)),
    normalizer: root.at('normalizer').or(undefined, parseNormalizer),
    preTokenizer: root.at('pre_tokenizer').or(undefined, parsePreTokenizer),
    model: parseModel(root.at('model')),
    postProcessor: root.at('post_processor').or(undefined, parsePostProcessor),
    decoder: root.at('decoder').or(undefined, parseDecoder),
  }
}

/** Of an entry of `added_tokens`, or of tokenizer_config.json's `added_tokens_decoder`. */
export function parseAddedToken(field: Field): AddedToken {
  const flag = (key: string, fallback: boolean) => field.at(key).or(fallback, it => it.boolean())
  const special = flag('special', false)
  return {
    content: field.at('content').string(),
    special,
    normalized: flag('normalized', !special),
    singleWord: flag('single_word', false),
    lstrip: flag('lstrip', false),
    rstrip: flag('rstrip', false),
  }
}

/**
 * A JSON file that holds an object.
 *
 * @throws LosslineError `tokenizer/json` where it is cut, or something else
 */
export function readJson(json: string | object, file: string): object {
  const value = typeof json === 'string' ? parseText(json, file) : json
  return new Field(value, file).object()
}

function parseText(text: string, file: string): unknown {
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
  } catch (cause) {
    const isCut = !/\}\s*$/.test(text.slice(-100))
    const what = isCut
      ? `breaks off after ${text.length.toLocaleString('en')} characters: expected JSON that ends with }`
      : `is no JSON: ${(cause as Error).message}`
    throw new LosslineError('tokenizer/json', what, { where: file, fix: TAKE_AGAIN, cause })
  }
}
