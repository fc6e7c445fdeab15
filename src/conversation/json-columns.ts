import { type Fields, getEntries, getField, toObject } from './fields.ts'
import { parseJsonText } from './json-text.ts'

/** Columns that are lists or objects, beside `tools`, which may always be JSON text; each with the advice where it isn't JSON. */
const COLUMNS: readonly (readonly [column: string, fix: string])[] = [
  ['messages', 'Write the messages as a list.'],
  ['conversations', 'Write the messages as a list.'],
  ['history', 'Write a list of [question, answer].'],
  ['documents', 'Write a list of documents, or rename the column.'],
  ['chat_template_kwargs', 'Write {"enable_thinking": false} and the like.'],
]

/**
 * The row with those of its columns parsed that hold their list as JSON text, as the cells of CSV do; an empty cell is an absent one. The
 * row itself where it has no such text.
 *
 * @throws LosslineError `conversation/json-text` at the column
 */
export function parseJsonColumns(row: Fields): Fields {
  const texts = COLUMNS.filter(([column]) => isListText(getField(row, column)))
  if (texts.length === 0) return row
  const entries = getEntries(row).flatMap(([column, value]) => {
    const fix = texts.find(([name]) => name === column)?.[1]
    if (fix === undefined || typeof value !== 'string') return [[column, value] as const]
    return value.trim() === '' ? [] : [[column, parseJsonText(value, column, fix)] as const]
  })
  return row instanceof Map ? new Map(entries) : toObject(entries)
}

/** Text that is meant as a list or an object; any other is the parser's to refuse. */
function isListText(value: unknown): boolean {
  return typeof value === 'string' && /^\s*(?:$|[[{])/.test(value)
}
