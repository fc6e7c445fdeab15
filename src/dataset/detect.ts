import { constants } from 'node:buffer'
import { LosslineError } from '../error.ts'
import { parseJson } from '../json/index.ts'
import type { ByteSource } from './byte-source.ts'
import { isBlank } from './lines/split.ts'

/** How a text is cut into rows. */
export type TextLayout = 'lines' | 'list' | 'document'

/** So much of a file is looked at where its first line does not tell what it is. */
const LOOK_BYTES = 1 << 20
const NEWLINE = 0x0a

/**
 * Tells from a text's beginning what it is: lines where the first line is a whole object, else a list where it starts with one. A name
 * of JSON lines and a second line that is a row speak for lines whose first one is broken. Nothing more is read than it takes.
 *
 * @throws LosslineError `dataset/empty`, and what reading the file throws
 */
export async function detectText(source: ByteSource): Promise<TextLayout> {
  const isNamedLines = /\.(jsonl|ndjson)(\.\w+)?$/i.test(source.name)
  const first = await lookForLine(source)
  if (first.startsWith('{') && isObject(first)) return 'lines'
  await source.look(LOOK_BYTES)
  if (first.startsWith('[')) return isNamedLines && isLines(source, first) ? 'lines' : 'list'
  if (!source.atEnd && hasRowInLines(source.head)) return 'lines'
  // A document is held whole: one row can't be had in parts.
  await source.look(constants.MAX_STRING_LENGTH)
  source.finish(0)
  if (!source.atEnd) return 'lines'
  return isLinesAfterAll(source.head, isNamedLines) ? 'lines' : 'document'
}

/** The first line that isn't blank, or of a list's as much as is there. */
async function lookForLine(source: ByteSource): Promise<string> {
  for (let byteLength = 1; ; byteLength = 2 * source.head.length) {
    const head = await source.look(byteLength)
    const start = findText(head)
    const newline = head.indexOf(NEWLINE, start)
    const isTooLong = head.length - start > constants.MAX_STRING_LENGTH
    if (start < head.length && (newline >= 0 || source.atEnd || head[start] === 0x5b || isTooLong)) {
      const end = newline < 0 ? Math.min(head.length, start + LOOK_BYTES) : newline
      return head.toString('utf8', start, source.atEnd && newline < 0 ? head.length : end).trim()
    }
    if (!source.atEnd) continue
    source.finish(0)
    const fix = 'Write a row a line, as JSON.'
    const what = 'is empty; expected JSON lines or JSON'
    throw new LosslineError('dataset/empty', what, { where: source.name, fix })
  }
}

/** Whether a file that starts with a list and has the name of JSON lines is that. */
function isLines({ head, atEnd }: ByteSource, first: string): boolean {
  if (atEnd) return !isJson(head.toString('utf8'))
  return (isJson(first) && head.includes(NEWLINE)) || hasRowInLines(head)
}

function isLinesAfterAll(whole: Buffer, isNamedLines: boolean): boolean {
  const text = whole.toString('utf8')
  if (isJson(text)) return isNamedLines && !/^\s*[[{]/.test(text)
  if (isNamedLines) return true
  const second = toLines(whole)[1]
  return second !== undefined && isObject(second)
}

/** Whether a whole line of the beginning, though not the first, is an object: a document's rarely is. */
function hasRowInLines(head: Buffer): boolean {
  return toLines(head.subarray(0, head.lastIndexOf(NEWLINE) + 1))
    .slice(1, LOOK_LINES)
    .some(isObject)
}

const LOOK_LINES = 4

function toLines(bytes: Buffer): string[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
}

/** Where the first text starts: blank lines and white space are none. */
function findText(head: Buffer): number {
  let at = 0
  while (at < head.length && (head[at] === NEWLINE || isBlank(head, at, at + 1))) at++
  return at
}

function isObject(line: string): boolean {
  return line.trimStart().startsWith('{') && isJson(line)
}

function isJson(text: string): boolean {
  try {
    parseJson(text)
    return true
  } catch {
    return false
  }
}
