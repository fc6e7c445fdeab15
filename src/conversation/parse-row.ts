import { quote } from '../error.ts'
import type { Finding } from '../finding.ts'
import type { Json } from '../json/index.ts'
import { alpacaFormat } from './alpaca.ts'
import { type ColumnMap, renameColumns, renameItemKeys } from './column-map.ts'
import type { Example } from './conversation.ts'
import { type Fields, getEntries, getField, getKeys, hasValue, isFields, isList } from './fields.ts'
import type { ConversationFormat, FormatName } from './format.ts'
import { fromValueFormat } from './from-value.ts'
import { parseJsonColumns } from './json-columns.ts'
import { messagesFormat } from './messages.ts'
import { promptCompletionFormat } from './prompt-completion.ts'
import { nameValue, rowError } from './row-error.ts'
import { textFormat } from './text.ts'

/** All formats, in the order in which they are tried: `prompt` + `completion` before the rest, as in TRL. */
export const FORMATS: readonly ConversationFormat[] = [
  promptCompletionFormat,
  messagesFormat,
  fromValueFormat,
  alpacaFormat,
  textFormat,
]

export interface RowOptions {
  /** Columns that have other names in the row. */
  readonly columnMap?: ColumnMap
  /** Taken instead of the one that the row's columns tell. */
  readonly format?: FormatName
  /** Further roles: the row's word → the role that the template is given (`function_call`: the content is a tool call in JSON). */
  readonly roleMap?: Readonly<Record<string, string>>
}

export interface ParsedRow {
  readonly example: Example
  readonly format: FormatName
  readonly findings: readonly Finding[]
}

/** The format of a row, told by its columns; undefined when they fit none. */
export function detectFormat(row: Json): FormatName | undefined {
  return isFields(row) ? findFormat(parseJsonColumns(row))?.name : undefined
}

/**
 * Reads one row of a dataset. Its messages reach the template with the keys and in the order that they have; what is odd but usable
 * is in `findings`.
 *
 * @throws LosslineError `conversation/…`, whose `where` is a path into the row (`messages[3].role`); put file and row in front with `at`
 */
export function parseRow(source: Json, options: RowOptions = {}): ParsedRow {
  if (!isFields(source)) {
    const what = `the row is ${nameValue(source)}; expected an object`
    throw rowError('row-type', undefined, what, 'Write each row as {"messages": […]}.')
  }
  const row = readColumns(source, options.columnMap)
  const format = chooseFormat(row, options) ?? guessFormat(row)
  const findings: Finding[] = []
  const example = format.parse(row, { roleMap: options.roleMap ?? {}, findings })
  return { example, format: format.name, findings }
}

/** The format that the caller names, or that the row's columns tell. */
export function chooseFormat(row: Fields, { format }: RowOptions): ConversationFormat | undefined {
  return format === undefined ? findFormat(row) : getFormat(format)
}

/** The row with its columns under the names that are read, those that hold JSON text parsed. */
export function readColumns(row: Fields, map: ColumnMap | undefined): Fields {
  return map === undefined
    ? parseJsonColumns(row)
    : renameItemKeys(parseJsonColumns(renameColumns(row, map)), map)
}

function findFormat(row: Fields): ConversationFormat | undefined {
  return FORMATS.find(format => format.detect(row))
}

/** The format that a row has the beginnings of, for its parser to say what is missing. */
function guessFormat(row: Fields): ConversationFormat {
  const format = FORMATS.find(candidate => candidate.resembles(row))
  if (format !== undefined && !hasValue(row, 'chosen')) return format
  const keys = getKeys(row)
  const found = keys.length === 0 ? 'no columns' : `the columns ${keys.slice(0, 8).map(quote).join(', ')}`
  const expected = FORMATS.map(({ columns }) => columns).join('; ')
  const what = `the row has ${found}; expected one of: ${expected}`
  throw rowError('unknown-format', undefined, what, findAdvice(row))
}

function findAdvice(row: Fields): string {
  if (hasValue(row, 'input_ids')) return 'Rows of token ids are not read: give the text or the messages.'
  if (hasValue(row, 'chosen')) return adviseOnPreferences(row)
  const lists = getEntries(row).filter(([, value]) => isList(value) && isFields(value[0]))
  for (const [column, value] of lists) {
    const map = findColumnMap(column, (value as readonly Fields[])[0]!)
    if (map !== undefined) return `If ${quote(column)} holds the messages, name it with {column_map} ${map}.`
  }
  return lists[0] === undefined
    ? 'Rename the columns.'
    : `If ${quote(lists[0][0])} holds the rows, write that list as the file.`
}

/** TRL's rows for DPO and reward models, of which `chosen` alone can be trained here. */
function adviseOnPreferences(row: Fields): string {
  const [prompt, chosen] = [getField(row, 'prompt'), getField(row, 'chosen')]
  // A prompt that is text beside messages is their first question again.
  const isAnswer = isList(chosen) ? isList(prompt) : typeof prompt === 'string'
  const column = isAnswer ? 'completion' : isList(chosen) ? 'messages' : 'text'
  return `These are preferences, for DPO and not for SFT. Train on the chosen ones with {column_map} chosen=${column}.`
}

/** Words for who speaks and for what is said that people give their messages. */
const ROLE_KEYS = ['role', 'from', 'speaker', 'author', 'sender']
const CONTENT_KEYS = ['content', 'value', 'text', 'message', 'utterance']

/** What --column-map has to say for a list of messages; undefined where its items don't look like any. */
function findColumnMap(column: string, item: Fields): string | undefined {
  const keys = getKeys(item)
  const [role, content] = [ROLE_KEYS, CONTENT_KEYS].map(known => known.find(key => keys.includes(key)))
  if (role === undefined || content === undefined || !/^[\w-]+$/.test(column)) return undefined
  if (role === 'from' && content === 'value') return `${column}=conversations`
  const renames = [[role, 'role'] as const, [content, 'content'] as const].filter(
    ([own, ours]) => own !== ours,
  )
  return [`${column}=messages`, ...renames.map(([own, ours]) => `${column}.${own}=${ours}`)].join(',')
}

function getFormat(name: FormatName): ConversationFormat {
  const format = FORMATS.find(candidate => candidate.name === name)
  if (format !== undefined) return format
  const what = `there is no format ${quote(name)}; expected one of: ${FORMATS.map(f => f.name).join(', ')}`
  throw rowError('unknown-format', undefined, what, 'Choose another {format}.')
}
