import type { Json, JsonPath } from '../json/index.ts'
import { readSystem } from './columns.ts'
import { type Fields, getField, hasValue, isFields, isList } from './fields.ts'
import { pickKey } from './message.ts'
import { FROM_VALUE, isFromValue, ROLE_CONTENT } from './message-list.ts'
import { chooseFormat, type RowOptions, readColumns } from './parse-row.ts'

/** Where a row of a file has a message of its conversation. */
export interface MessagePlace {
  /** To the message in the row as the file has it, whatever names the caller reads its columns by. */
  readonly path: JsonPath
  /** The message there, under the names that are read. */
  readonly raw: Fields
  /** The names of its role and its content, as the file has them and as they are read. */
  readonly role: KeyNames
  readonly content: KeyNames
  /** The format's words for roles, and the caller's: each stands for the template's. */
  readonly roles: Readonly<Record<string, string>>
  /** Index of the message in the conversation. */
  readonly message: number
  /** What a key that is read is called in the file. */
  readonly nameInFile: (key: string) => string
}

export interface KeyNames {
  readonly inFile: string
  readonly read: string
}

/** The messages of a row that are objects of their own; whether the row can be used is not asked. None of Alpaca's, which are put together. */
export function locateMessages(source: Json, options: RowOptions = {}): MessagePlace[] {
  const row = tryRead(source, options)
  if (row === undefined) return []
  const format = chooseFormat(row, options)?.name
  if (format === 'prompt-completion') {
    const prompt = locateList(row, 'prompt', 0, options)
    return [...prompt, ...locateList(row, 'completion', prompt.length, options)]
  }
  if (format !== 'messages' && format !== 'from-value') return []
  const [first, second] =
    format === 'messages'
      ? (['messages', 'conversations'] as const)
      : (['conversations', 'messages'] as const)
  const column = hasValue(row, first) || !hasValue(row, second) ? first : second
  const places = locateList(row, column, 0, options)
  // A system column comes first there, unless the conversation has a system message.
  const isShifted = format === 'from-value' && hasSystem(row) && roleOf(places[0]) !== 'system'
  return isShifted ? places.map(place => ({ ...place, message: place.message + 1 })) : places
}

/** The text that a row starts with: its only one, its prompt, the system column or the content of its first message. */
export function locateStart(source: Json, options: RowOptions = {}): JsonPath | undefined {
  const row = tryRead(source, options)
  if (row === undefined) return undefined
  const format = chooseFormat(row, options)?.name
  if (format === 'text') return [nameColumn('text', options)]
  if (format === 'prompt-completion' && typeof getField(row, 'prompt') === 'string')
    return [nameColumn('prompt', options)]
  if (format === 'alpaca') {
    if (hasSystem(row)) return [nameColumn('system', options)]
    return isFilledList(getField(row, 'history')) ? undefined : [nameColumn('instruction', options)]
  }
  const [first] = locateMessages(source, options)
  if (first === undefined) return undefined
  return first.message === 1 ? [nameColumn('system', options)] : [...first.path, first.content.inFile]
}

function locateList(row: Fields, column: string, firstIndex: number, options: RowOptions): MessagePlace[] {
  const list = getField(row, column)
  if (!isList(list)) return []
  const shape = isFromValue(list) ? FROM_VALUE : ROLE_CONTENT
  const roles = { ...shape.roles, ...options.roleMap }
  const columnInFile = nameColumn(column, options)
  const nameInFile = (key: string): string => nameItemKey(columnInFile, key, options)
  const toNames = (read: string): KeyNames => ({ inFile: nameInFile(read), read })
  return list.flatMap((raw, i) => {
    if (!isFields(raw)) return []
    const role = toNames(pickKey(raw, 'role', 'from', shape.roleKey))
    const content = toNames(pickKey(raw, 'content', 'value', shape.contentKey))
    return [{ path: [columnInFile, i], raw, role, content, roles, message: firstIndex + i, nameInFile }]
  })
}

function roleOf(place: MessagePlace | undefined): string | undefined {
  const word = place === undefined ? undefined : getField(place.raw, place.role.read)
  return typeof word === 'string' ? place?.roles[word] : undefined
}

function hasSystem(row: Fields): boolean {
  return typeof getField(row, 'system') === 'string' && readSystem(row) !== undefined
}

function isFilledList(value: Json | undefined): boolean {
  return isList(value) && value.length > 0
}

function nameColumn(column: string, { columnMap = {} }: RowOptions): string {
  return Object.entries(columnMap).find(([from, to]) => to === column && !from.includes('.'))?.[0] ?? column
}

function nameItemKey(columnInFile: string, key: string, { columnMap = {} }: RowOptions): string {
  const prefix = `${columnInFile}.`
  const entry = Object.entries(columnMap).find(([from, to]) => to === key && from.startsWith(prefix))
  return entry?.[0].slice(prefix.length) ?? key
}

function tryRead(source: Json, { columnMap }: RowOptions): Fields | undefined {
  if (!isFields(source)) return undefined
  try {
    return readColumns(source, columnMap)
  } catch {
    // What is wrong with it, its parser says.
    return undefined
  }
}
