import { LosslineError } from '../error.ts'
import { type Json, JsonFloat, parseJson } from '../json/index.ts'
import type { DatasetRow } from './dataset-row.ts'

/**
 * Rows of one JSON document: the items of a list, or the one object that it is.
 *
 * @throws LosslineError `json/…` with line and column, `dataset/no-rows`
 */
export function* parseDocument(text: string, name: string): Generator<DatasetRow> {
  const value = parseWithLines(text, name)
  if (Array.isArray(value)) {
    const items: readonly Json[] = value
    if (items.length === 0) throw noRows('holds an empty list', name)
    for (const [row, item] of items.entries())
      yield { kind: 'row', row, where: `${name}[${row}]`, value: item }
  } else if (typeof value === 'object' && value !== null && !(value instanceof JsonFloat)) {
    yield { kind: 'row', row: 0, where: name, value }
  } else {
    throw noRows(
      `holds ${value === null ? 'null' : `a ${value instanceof JsonFloat ? 'number' : typeof value}`}`,
      name,
    )
  }
}

function noRows(what: string, name: string): LosslineError {
  const fix = 'Write JSON lines, or a list of objects.'
  return new LosslineError('dataset/no-rows', `${what}; expected rows`, { where: name, fix })
}

/** In a document of many lines the parser's `character 81214` is of no help: the error names line and column. */
function parseWithLines(text: string, name: string): Json {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    const offset = /^character (\d+)$/.exec(error.where ?? '')?.[1]
    if (offset === undefined) throw error.at(name)
    const before = text.slice(0, Number(offset)).split('\n')
    const where = `${name}:${before.length}:${before.at(-1)!.length + 1}`
    throw new LosslineError(error.code, error.message, {
      where,
      fix: 'Check that the file is whole.',
      cause: error,
    })
  }
}
