import { orderOf } from '../operations/compare.ts'
import { reprOf } from '../operations/convert.ts'
import { entriesOf, isDict } from '../operations/dict.ts'
import { codePointLength, pyRepr } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { Str } from '../values/str.ts'
import { isTuple } from '../values/tuple.ts'
import type { Item, Value } from '../values/value.ts'

const WIDTH = 80

/** Python's `pprint.pformat`: dicts sorted by their keys, lines of 80 columns where that can be. */
export function prettyPrint(runtime: Runtime, value: Value): string {
  return format(runtime, value, { column: 0, reserved: 0, depth: 0 })
}

/** Where something is printed: at which column, and how many columns behind it are taken. */
interface Position {
  readonly column: number
  readonly reserved: number
  readonly depth: number
}

function format(runtime: Runtime, value: Item, { column, reserved, depth }: Position): string {
  const sorted = sortKeys(runtime, value)
  const line = reprOf(runtime, sorted)
  const at: Position = { column, reserved, depth: depth + 1 }
  if (codePointLength(line) <= WIDTH - column - reserved) return line
  if (typeof sorted === 'string') return formatText(sorted, at)
  if (sorted instanceof Str) return sorted.safe ? line : formatText(sorted.text, at)
  if (isDict(sorted)) return formatDict(runtime, entriesOf(sorted), at)
  if (!Array.isArray(sorted)) return line
  const [open, close] = isTuple(sorted) ? ['(', sorted.length === 1 ? ',)' : ')'] : ['[', ']']
  const items = formatItems(runtime, sorted as readonly Item[], {
    column: column + 1,
    reserved: reserved + close!.length,
    depth: at.depth,
  })
  return `${open}${items}${close}`
}

function sortKeys(runtime: Runtime, value: Item): Item {
  if (Array.isArray(value)) {
    const items = (value as readonly Item[]).map(item => sortKeys(runtime, item))
    return items.every((item, i) => item === (value as readonly Item[])[i]) || isTuple(value) ? value : items
  }
  if (!isDict(value)) return value
  runtime.charge(entriesOf(value).length)
  const entries = entriesOf(value).map(([key, item]) => [key, sortKeys(runtime, item)] as const)
  const order = (a: Item, b: Item) =>
    typeof a === 'string' && typeof b === 'string'
      ? a < b
        ? -1
        : a > b
          ? 1
          : 0
      : orderOf(runtime, a as Value, b as Value)
  return new Map(entries.sort(([a], [b]) => order(a, b)))
}

function formatDict(runtime: Runtime, entries: readonly (readonly [Item, Item])[], at: Position): string {
  const indent = at.column + 1
  const lines = entries.map(([key, item], i) => {
    const name = reprOf(runtime, key)
    const isLast = i === entries.length - 1
    const inside = {
      column: indent + codePointLength(name) + 2,
      reserved: isLast ? at.reserved + 1 : 1,
      depth: at.depth,
    }
    return `${name}: ${format(runtime, item, inside)}`
  })
  return `{${lines.join(`,\n${' '.repeat(indent)}`)}}`
}

function formatItems(runtime: Runtime, items: readonly Item[], at: Position): string {
  const lines = items.map((item, i) =>
    format(runtime, item, {
      column: at.column,
      reserved: i === items.length - 1 ? at.reserved : 1,
      depth: at.depth,
    }),
  )
  return lines.join(`,\n${' '.repeat(at.column)}`)
}

/** A long str: its lines, and the words of a line that is too long, one below the other. */
function formatText(text: string, { column, reserved, depth }: Position): string {
  const lines = text.match(/[^\n\r]*(?:\r\n|\n|\r)|[^\n\r]+$/g) ?? []
  const outer = depth === 1
  const indent = outer ? column + 1 : column
  const taken = outer ? reserved + 1 : reserved
  const chunks: string[] = []
  for (const [i, line] of lines.entries()) {
    const whole = pyRepr(line)
    const isLastLine = i === lines.length - 1
    if (codePointLength(whole) <= WIDTH - indent - (isLastLine ? taken : 0)) {
      chunks.push(whole)
      continue
    }
    chunks.push(...wrapWords(line, { indent, taken: isLastLine ? taken : 0 }))
  }
  if (chunks.length === 1) return chunks[0]!
  const joined = chunks.join(`\n${' '.repeat(indent)}`)
  return outer ? `(${joined})` : joined
}

function wrapWords(line: string, { indent, taken }: { indent: number; taken: number }): string[] {
  const parts = line.match(/\S+\s*|\s+/g) ?? []
  const chunks: string[] = []
  let current = ''
  for (const [j, part] of parts.entries()) {
    const candidate = current + part
    const width = WIDTH - indent - (j === parts.length - 1 ? taken : 0)
    if (codePointLength(pyRepr(candidate)) > width) {
      if (current !== '') chunks.push(pyRepr(current))
      current = part
    } else {
      current = candidate
    }
  }
  if (current !== '') chunks.push(pyRepr(current))
  return chunks
}
