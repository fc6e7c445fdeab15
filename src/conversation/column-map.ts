import { quote } from '../error.ts'
import type { Json } from '../json/index.ts'
import { type Fields, getEntries, getKeys, isFields, isList, toObject } from './fields.ts'
import { rowError } from './row-error.ts'

/**
 * Other names for columns: the row's → ours (`dialog` → `messages`). `dialog.speaker` → `role` renames a key of each item of the column's list.
 */
export type ColumnMap = Readonly<Record<string, string>>

/**
 * The row with its columns renamed, in the order that they had.
 *
 * @throws LosslineError `conversation/column-map` for a column that the row doesn't have, or whose new name is taken
 */
export function renameColumns(row: Fields, map: ColumnMap): Fields {
  const names = Object.keys(map).map(splitName)
  checkColumns(
    row,
    names.map(([column]) => column),
  )
  return rename(row, toColumnRenames(map))
}

/** A row of renamed columns with the keys of their items renamed too; by itself, as a list may be JSON text that is parsed in between. */
export function renameItemKeys(row: Fields, map: ColumnMap): Fields {
  const columns = toColumnRenames(map)
  const keys = new Map<string, Map<string, string>>()
  for (const [from, to] of Object.entries(map)) {
    const [name, key] = splitName(from)
    const column = columns.get(name) ?? name
    if (key !== undefined) keys.set(column, (keys.get(column) ?? new Map<string, string>()).set(key, to))
  }
  if (keys.size === 0) return row
  const entries = getEntries(row).map(([column, value]) => {
    const renames = keys.get(column)
    const renamed =
      renames !== undefined && isList(value) ? value.map(item => renameItem(item, renames)) : value
    return [column, renamed] as const
  })
  return row instanceof Map ? new Map(entries) : toObject(entries)
}

function toColumnRenames(map: ColumnMap): Map<string, string> {
  return new Map(Object.entries(map).filter(([from]) => splitName(from)[1] === undefined))
}

/** `dialog.speaker` → dialog and speaker; a name without a point is a column. */
function splitName(name: string): readonly [column: string, key: string | undefined] {
  const point = name.indexOf('.')
  return point === -1 ? [name, undefined] : [name.slice(0, point), name.slice(point + 1)]
}

function checkColumns(row: Fields, named: readonly string[]): void {
  const found = getKeys(row)
  const missing = named.find(column => !found.includes(column))
  if (missing === undefined) return
  const what = `the row has no column ${quote(missing)}; it has ${found.slice(0, 8).map(quote).join(', ')}`
  throw rowError('column-map', undefined, what, 'Correct {column_map}.')
}

function renameItem(item: Json, renames: ReadonlyMap<string, string>): Json {
  return isFields(item) ? rename(item, renames) : item
}

function rename(fields: Fields, renames: ReadonlyMap<string, string>): Fields {
  const entries = getEntries(fields).map(([name, value]) => [renames.get(name) ?? name, value] as const)
  const names = entries.map(([name]) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    const what = `two columns would be ${quote(twice)}`
    throw rowError('column-map', undefined, what, 'Correct {column_map}.')
  }
  return fields instanceof Map ? new Map(entries) : toObject(entries)
}
