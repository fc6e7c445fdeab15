import { LosslineError, quote } from '../../error.ts'
import { type Json, JsonFloat, parseJson } from '../../json/index.ts'
import type { DocumentChunk } from '../chunk.ts'
import { decodeUtf8 } from '../utf8.ts'
import { advance, formatPlace, type TextPlace } from './text-place.ts'

/** Where a document starts. */
export function toTextStart(): TextPlace {
  return { line: 0, column: 0 }
}

/**
 * The chunk of a JSON document that is no list: its one row.
 *
 * @param bytes in an ArrayBuffer of their own
 * @throws LosslineError `json/…` with line and column, `dataset/not-utf8`, `dataset/no-rows` for what is no object
 */
export function toDocument(bytes: Buffer, file: { name: string; byteOffset: number }): DocumentChunk {
  const { name, byteOffset } = file
  const value = parseAt(decodeUtf8(bytes, { where: name, byteOffset }), name, toTextStart)
  if (typeof value !== 'object' || value === null || value instanceof JsonFloat) {
    const found = value === null ? 'null' : `a ${value instanceof JsonFloat ? 'number' : typeof value}`
    throw noRows(`holds ${found}`, name)
  }
  return { kind: 'document', name, startRow: 0, rowCount: 1, bytes: bytes.buffer as ArrayBuffer }
}

export function noRows(what: string, name: string): LosslineError {
  const fix = 'Write JSON lines, or a list of objects.'
  return new LosslineError('dataset/no-rows', `${what}; expected rows`, { where: name, fix })
}

/**
 * Parses text that starts at some place of a file: of the parser's `character 81214` an error makes line and column.
 *
 * @param start the place, asked for only when there is an error
 * @throws LosslineError `json/…`
 */
export function parseAt(text: string, name: string, start: () => TextPlace): Json {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    const offset = /^character (\d+)$/.exec(error.where ?? '')?.[1]
    if (offset === undefined) throw error.at(name)
    const place = advance(start(), Buffer.from(text.slice(0, Number(offset))))
    const at = { where: formatPlace(name, place), fix: WHOLE_FIX, cause: error }
    throw new LosslineError(error.code, error.message, at)
  }
}

/** An error in the parser's words, for what is no part of any item. */
export function toSyntaxError(
  expected: string,
  rest: string,
  { name, place }: { name: string; place: TextPlace },
): LosslineError {
  const found = rest === '' ? 'the text ends' : `found ${quote(rest.slice(0, 12))}`
  const at = { where: formatPlace(name, place), fix: WHOLE_FIX }
  return new LosslineError('json/syntax', `${expected}, ${found}`, at)
}

const WHOLE_FIX = 'Check that the file is whole.'
