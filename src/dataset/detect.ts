import { constants } from 'node:buffer'
import { LosslineError } from '../error.ts'
import { parseJson } from '../json/index.ts'
import type { ByteSource } from './byte-source.ts'
import { looksLikeHeader, sniffDelimiter } from './csv/sniff.ts'
import type { InputFormat } from './input-format.ts'
import { isBlank } from './lines/split.ts'

/** How a text is cut into rows. */
export type TextLayout =
  | { readonly kind: 'lines' | 'list' | 'document' }
  | { readonly kind: 'csv'; readonly delimiter: string }

/** So much of a file is looked at where its first line does not tell what it is. */
const LOOK_BYTES = 1 << 20
const NEWLINE = 0x0a

/**
 * Tells from a text's beginning what it is: lines where the first line is a whole object, else a list where it starts with one, CSV where
 * the name says so or the line is surely a header. A name of JSON lines and a second line that is a row speak for lines whose first one is
 * broken. Nothing more is read than it takes.
 *
 * @param format what the caller knows it to be
 * @throws LosslineError `dataset/empty`, and what reading the file throws
 */
export async function detectText(source: ByteSource, format?: InputFormat): Promise<TextLayout> {
  const first = await lookForLine(source)
  if (format === 'tsv') return { kind: 'csv', delimiter: '\t' }
  if (format === 'csv') return { kind: 'csv', delimiter: sniffDelimiter(first) }
  if (format === 'jsonl') return { kind: 'lines' }
  if (format === 'json') return { kind: first.startsWith('[') ? 'list' : 'document' }
  if (first.startsWith('{') && isObject(first)) return { kind: 'lines' }
  if (!/^[[{]/.test(first) && (isNamed(source, 'csv|tsv') || isHeader(source, first))) {
    return { kind: 'csv', delimiter: isNamed(source, 'tsv') ? '\t' : sniffDelimiter(first) }
  }
  return { kind: await detectJson(source, first) }
}

/** Lines, list or document, for a text whose first line is no row. */
async function detectJson(source: ByteSource, first: string): Promise<'lines' | 'list' | 'document'> {
  const isNamedLines = isNamed(source, 'jsonl|ndjson')
  await source.look(LOOK_BYTES)
  if (first.startsWith('[')) return isNamedLines && isLines(source, first) ? 'lines' : 'list'
  if (!source.atEnd && hasRowInLines(source.head)) return 'lines'
  // A document is held whole: one row can't be had in parts.
  await source.look(constants.MAX_STRING_LENGTH)
  source.finish(0)
  if (!source.atEnd) return 'lines'
  return isLinesAfterAll(source.head, isNamedLines) ? 'lines' : 'document'
}

/**
 * All of a document, in an ArrayBuffer of its own.
 *
 * @throws LosslineError `dataset/too-large` beyond what a string can hold
 */
export async function readDocumentHead(source: ByteSource): Promise<Buffer> {
  const head = await source.look(constants.MAX_STRING_LENGTH)
  source.finish(0)
  if (source.atEnd) return Buffer.from(Uint8Array.from(head).buffer)
  const fix = 'Write it as JSON lines.'
  const what = 'is one JSON document of more than 512 MB, and no list'
  throw new LosslineError('dataset/too-large', what, { where: source.name, fix })
}

/** Whether the file has the name, perhaps of a packed file. */
function isNamed({ name }: ByteSource, extensions: string): boolean {
  return new RegExp(`\\.(${extensions})(\\.\\w+)?$`, 'i').test(name)
}

/** Whether a line is surely the header of CSV, and the name does not say that it is JSON. */
function isHeader(source: ByteSource, line: string): boolean {
  return looksLikeHeader(line) && !isNamed(source, 'jsonl|ndjson|json')
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
