import { LosslineError, quote } from '../error.ts'
import type { Json } from '../json/index.ts'
import { isFields, isList, toNumber } from './fields.ts'

/** An error about one place of a row; `where` is a path into the row (`messages[3].role`), undefined for the row itself. */
export function rowError(code: string, where: string | undefined, what: string, fix: string): LosslineError {
  const at = { fix }
  return new LosslineError(`conversation/${code}`, what, where === undefined ? at : { ...at, where })
}

/** What a value is, as a sentence names it: `null`, `a list`, `the number 3`, `"robot"`. */
export function nameValue(value: Json | undefined): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (typeof value === 'string') return value === '' ? 'an empty string' : quote(value)
  if (typeof value === 'boolean') return String(value)
  if (isList(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (isFields(value)) return 'an object'
  return `the number ${toNumber(value)}`
}

/** `a`, `a or b`, `a, b or c`. */
export function joinWords(words: readonly string[], last = 'or'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}
