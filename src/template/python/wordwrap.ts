import { classOf } from './char-sets.ts'
import { codePointLength } from './code-points.ts'
import { PyError } from './py-error.ts'
import { splitlinesRanges, stripRange } from './strings.ts'

export interface WordwrapOptions {
  readonly width?: number
  readonly breakLongWords?: boolean
  readonly wrapString?: string
  readonly breakOnHyphens?: boolean
}

/** Jinja2's `wordwrap` filter: every line wrapped by itself, as Python's textwrap does. @throws PyError `ValueError` for a width below 1 */
export function wordwrap(text: string, options: WordwrapOptions = {}): string {
  const { width = 79, breakLongWords = true, wrapString = '\n', breakOnHyphens = true } = options
  const wrapLine = (line: string) =>
    wrap(splitIntoChunks(line, breakOnHyphens), { width, breakLongWords, breakOnHyphens })
  return splitlinesRanges(text)
    .map(([start, end]) => wrapLine(text.slice(start, end)).join(wrapString))
    .join(wrapString)
}

/** textwrap's own white space: ASCII's, and no other. */
const SPACE = '\\t-\\r '

let hyphenated: RegExp | undefined

function splitIntoChunks(line: string, breakOnHyphens: boolean): string[] {
  if (!breakOnHyphens) return line.match(new RegExp(`[${SPACE}]+|[^${SPACE}]+`, 'g')) ?? []
  hyphenated ??= makeChunkPattern()
  return line.match(hyphenated) ?? []
}

/** White space; dashes between words; or a word, up to a hyphen that it may be broken after, its end, or dashes. */
function makeChunkPattern(): RegExp {
  const letters = `${classOf('alpha')}_${classOf('numeric', 'decimal')}`
  const word = `${letters}${classOf('decimal')}`
  const beforeDash = `(?<=[${word}!"'&.,?])`
  const letter = `[${letters}]`
  const hyphen = `-(?:(?<=${letter}{2}-)|(?<=${letter}-${letter}-))(?=${letter}-?${letter})`
  const dashes = `-{2,}(?=[${word}])`
  const end = `(?=[${SPACE}]|$)`
  return new RegExp(
    `[${SPACE}]+|${beforeDash}${dashes}|[^${SPACE}]+?(?:${hyphen}|${end}|${beforeDash}(?=${dashes}))`,
    'gu',
  )
}

interface WrapOptions {
  readonly width: number
  readonly breakLongWords: boolean
  readonly breakOnHyphens: boolean
}

function wrap(chunks: readonly string[], options: WrapOptions): string[] {
  const { width } = options
  if (width <= 0) throw new PyError('ValueError', `invalid width ${width} (must be > 0)`)
  const lines: string[] = []
  const rest = [...chunks].reverse()
  while (rest.length > 0) {
    if (lines.length > 0 && isBlank(rest.at(-1)!)) rest.pop()
    const line: string[] = []
    let length = 0
    while (rest.length > 0 && length + codePointLength(rest.at(-1)!) <= width) {
      const chunk = rest.pop()!
      length += codePointLength(chunk)
      line.push(chunk)
    }
    if (rest.length > 0 && codePointLength(rest.at(-1)!) > width)
      placeLongWord(rest, line, width - length, options)
    if (line.length > 0 && isBlank(line.at(-1)!)) line.pop()
    if (line.length > 0) lines.push(line.join(''))
  }
  return lines
}

/** A word that is longer than a line: its beginning fills this one, or it gets a line of its own. */
function placeLongWord(rest: string[], line: string[], space: number, options: WrapOptions): void {
  if (!options.breakLongWords) {
    if (line.length === 0) line.push(rest.pop()!)
    return
  }
  const chunk = Array.from(rest.pop()!)
  let end = space
  if (options.breakOnHyphens) {
    const hyphen = chunk.slice(0, space).lastIndexOf('-')
    if (hyphen > 0 && chunk.slice(0, hyphen).some(char => char !== '-')) end = hyphen + 1
  }
  line.push(chunk.slice(0, end).join(''))
  rest.push(chunk.slice(end).join(''))
}

function isBlank(chunk: string): boolean {
  const [start, end] = stripRange(chunk, undefined, 'both')
  return start === end
}
