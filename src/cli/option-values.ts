import type { FormatName } from '../conversation/index.ts'
import type { InputFormat } from '../dataset/index.ts'
import { LosslineError, quote } from '../error.ts'
import { type Json, JsonFloat, parseJson } from '../json/index.ts'
import { findNearest } from '../nearest.ts'

/** Rows [startRow, endRow), counted from 0; without an end: to the last. */
export interface RowRange {
  readonly startRow: number
  readonly endRow: number | undefined
}

/** What --input-format takes: how a file is written, and how its rows are. */
export interface InputFormatNames {
  readonly file?: InputFormat
  readonly rows?: FormatName
}

/** The place is added by who knows the flag. */
function optionError(text: string, expected: string, fix?: string): LosslineError {
  const what = `is ${quote(text)}; expected ${expected}`
  return new LosslineError('cli/option', what, fix === undefined ? {} : { fix })
}

export function text(value: string): string {
  if (value === '') throw optionError(value, 'some text')
  return value
}

/** One more of what may be given several times. */
export function texts(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, text(value)]
}

export function oneOf<Name extends string>(...names: readonly Name[]): (value: string) => Name {
  return value => {
    const found = names.find(name => name === value)
    if (found === undefined) throw optionError(value, listNames(names), suggest(value, names))
    return found
  }
}

/** What somebody meant who wrote a name's beginning, or something like a name. */
function suggest(value: string, names: readonly string[]): string | undefined {
  if (value === '') return undefined
  const begun = names.filter(name => name.startsWith(value.toLowerCase()))
  const meant = begun.length > 0 ? listNames(begun) : findNearest(value, names)
  return meant === undefined ? undefined : `Did you mean ${meant}?`
}

function listNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

export function list(value: string): string[] {
  const items = value.split(',').map(item => item.trim())
  if (items.includes('')) throw optionError(value, 'names with commas between them')
  return items
}

export function listOf<Name extends string>(...names: readonly Name[]): (value: string) => Name[] {
  const parseOne = oneOf(...names)
  return value => list(value).map(parseOne)
}

export function pair(value: string): readonly [string, string] {
  const [first, second, ...more] = list(value)
  if (first === undefined || second === undefined || more.length > 0) {
    throw optionError(value, 'two strategies', 'Write A,B.')
  }
  return [first, second]
}

export function rowNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw optionError(value, 'the number of a row, from 0')
  return Number(value)
}

export function rowRange(value: string): RowRange {
  const parts = /^(\d{0,15}):(\d{0,15})$/.exec(value)
  if (parts === null) throw optionError(value, 'A:B, such as 10:20')
  const startRow = Number(parts[1])
  const endRow = parts[2] === '' ? undefined : Number(parts[2])
  if (endRow !== undefined && endRow <= startRow) throw optionError(value, 'A:B with A less than B')
  return { startRow, endRow }
}

export function number(value: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) throw optionError(value, 'a number')
  return Number(value)
}

export function count(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw optionError(value, 'a whole number, from 0')
  return Number(value)
}

/** Counted from 1. */
export function positive(value: string): number {
  if (!/^\d{1,9}$/.test(value) || Number(value) === 0) throw optionError(value, 'a whole number, from 1')
  return Number(value)
}

export function maxLength(value: string): number | 'none' {
  if (value === 'none') return value
  if (!/^\d{1,9}$/.test(value) || Number(value) === 0) throw optionError(value, 'a number of tokens, or none')
  return Number(value)
}

/** Bytes: `500MB` is 500 million, `128MiB` 128 times 2^20. */
export function byteLength(value: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*([kmg]?)(i?)b?$/i.exec(value)
  const power = ['', 'k', 'm', 'g'].indexOf(parts?.[2]?.toLowerCase() ?? '')
  const bytes = Number(parts?.[1]) * (parts?.[3] ? 1024 : 1000) ** power
  if (parts === null || !(bytes >= 1)) throw optionError(value, 'a size, such as 500MB or 128MiB')
  return Math.floor(bytes)
}

/** Names as TRL writes them too: `keep_start`. */
export function truncation(value: string): 'keep-start' | 'keep-end' | 'drop' | 'split-turns' {
  return oneOf('keep-start', 'keep-end', 'drop', 'split-turns')(value.replaceAll('_', '-'))
}

/** TRL's switch of the same name is a strategy's name here. */
export function packing(value: string): 'bfd' | 'bfd_split' | 'wrapped' {
  if (/^true$/i.test(value)) throw optionError(value, 'bfd, bfd_split or wrapped', 'TRL’s own is bfd.')
  return oneOf('bfd', 'bfd_split', 'wrapped')(value)
}

/** What rows hold. What a file is written as has an option of its own. */
export function rowFormat(value: string): FormatName {
  const names = listNames(ROW_FORMATS)
  if (value === 'json')
    throw optionError(value, names, 'Answers as JSON are --json, JSON files --input-format json.')
  if (FILE_FORMATS.some(name => name === value))
    throw optionError(value, names, `How the file is written is --input-format ${value}.`)
  return oneOf(...ROW_FORMATS)(value)
}

/** A format of what is written, where the format of what is read has an option of its own. */
export function outputFormat<Name extends string>(...names: readonly Name[]): (value: string) => Name {
  return value => {
    const isRead = [...ROW_FORMATS, ...FILE_FORMATS].some(name => name === value)
    if (isRead && !names.some(name => name === value))
      throw optionError(value, listNames(names), `What is read is --input-format ${value}.`)
    return oneOf(...names)(value)
  }
}

/** A file format, a row format, or both. */
export function inputFormat(value: string): InputFormatNames {
  const names: { file?: InputFormat; rows?: FormatName } = {}
  for (const name of list(value)) {
    const file = FILE_FORMATS.find(format => format === name)
    const rows = ROW_FORMATS.find(format => format === name)
    if (file !== undefined && names.file === undefined) names.file = file
    else if (rows !== undefined && names.rows === undefined) names.rows = rows
    else
      throw optionError(value, `one of ${FILE_FORMATS.join(', ')}, one of ${ROW_FORMATS.join(', ')}, or both`)
  }
  return names
}

const FILE_FORMATS = ['jsonl', 'json', 'csv', 'tsv', 'parquet', 'arrow'] as const
const ROW_FORMATS = ['messages', 'from-value', 'prompt-completion', 'alpaca', 'text'] as const

export function date(value: string): Date {
  // Without a zone it is local time, as strftime_now has it.
  const moment = new Date(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00` : value)
  if (!/^\d{4}-\d\d-\d\d/.test(value) || Number.isNaN(moment.getTime())) {
    throw optionError(value, 'a date and time', 'Write it as 2026-01-15T09:30:00.')
  }
  return moment
}

export function roleMap(value: string): Record<string, string> {
  return renames(value, 'ROLE=ROLE', 'bot=assistant,person=user')
}

export function columnMap(value: string): Record<string, string> {
  return renames(value, 'COLUMN=COLUMN', 'dialog=messages,dialog.speaker=role')
}

/** Rules and levels by their looks; which there are is known to the command alone, and takes longer to load. */
export function ruleLevels(value: string): Record<string, string> {
  return renames(value, 'RULE=LEVEL', 'pad-is-stop=off,answer-cut=error')
}

function renames(value: string, expected: string, example: string): Record<string, string> {
  const pairs = list(value).map(item => {
    const [from, to, ...more] = item.split('=')
    if (!from || !to || more.length > 0) throw optionError(value, expected, `Write ${example}.`)
    return [from, to] as const
  })
  return Object.fromEntries(pairs)
}

export function kwargs(value: string): Readonly<Record<string, Json>> {
  const parsed = parseOptionJson(value, '{"enable_thinking": false} and the like')
  if (parsed instanceof Map) return Object.fromEntries(parsed)
  if (
    typeof parsed === 'object' &&
    parsed !== null &&
    !Array.isArray(parsed) &&
    !(parsed instanceof JsonFloat)
  ) {
    return parsed as Readonly<Record<string, Json>>
  }
  throw optionError(value, 'a JSON object', 'Write {"enable_thinking": false} and the like.')
}

/** Ids as a JSON list, or text. A shell hands `\n` on as two characters, and nobody means those. */
export function marker(value: string): string | readonly number[] {
  if (/^\s*\[[\s\d,]*\]\s*$/.test(value)) {
    const ids = parseOptionJson(value, '[523, 321] and the like')
    if (Array.isArray(ids) && ids.length > 0) return ids as number[]
    throw optionError(value, 'at least one id')
  }
  // `[INST]` is text; a list of something else, or one that doesn't end, was meant as ids.
  if (/^\s*\[[\s\d,]*$/.test(value) || isJsonList(value)) {
    throw optionError(value, 'text, or a JSON list of ids', 'Write [523, 321].')
  }
  return text(value).replace(
    /\\([nrt])/g,
    (_, letter: 'n' | 'r' | 't') => ({ n: '\n', r: '\r', t: '\t' })[letter],
  )
}

function isJsonList(value: string): boolean {
  try {
    return Array.isArray(JSON.parse(value))
  } catch {
    return false
  }
}

function parseOptionJson(value: string, example: string): Json {
  try {
    return parseJson(value)
  } catch (cause) {
    if (!(cause instanceof LosslineError)) throw cause
    const what = `is ${quote(value)}, which is no JSON`
    throw new LosslineError('cli/option', what, { fix: `Write ${example}, in single quotes.`, cause })
  }
}
