import { JsonFloat } from '../../json/index.ts'
import { pyCompare } from './compare.ts'
import { pyFloatRepr, pyIntRepr } from './number.ts'
import { PyError } from './py-error.ts'
import { repeat } from './repeat.ts'
import { dictEntries, type PyDict, type PyValue, pyType } from './value.ts'

export interface ToJsonOptions {
  /** Escapes everything beyond ASCII. */
  readonly ensureAscii?: boolean
  /** Spaces, or the text itself, for each level; undefined (Python's None) writes one line. */
  readonly indent?: number | string | undefined
  /** Between items and between key and value; by default `, ` (with indent `,`) and `: `. */
  readonly separators?: readonly [item: string, key: string] | undefined
  readonly sortKeys?: boolean
}

/**
 * `json.dumps` as transformers' `tojson` filter calls it: non-ASCII and order are kept, floats are Python's (`1.0`, `1e-05`, `NaN`).
 *
 * @throws PyError `TypeError` for keys that are no str, int, float, bool or None
 */
export function toJson(value: PyValue, options: ToJsonOptions = {}): string {
  const { ensureAscii = false, indent, separators, sortKeys = false } = options
  const unit = typeof indent === 'number' ? repeat(' ', indent) : indent
  const [item, colon] = separators ?? [unit === undefined ? ', ' : ',', ': ']
  return write(value, { quote: ensureAscii ? quoteAscii : quote, unit, item, colon, sortKeys }, '\n')
}

interface Style {
  readonly quote: (text: string) => string
  readonly unit: string | undefined
  readonly item: string
  readonly colon: string
  readonly sortKeys: boolean
}

/** @param newline a line break and the indentation of the level that the value stands in */
function write(value: PyValue, style: Style, newline: string): string {
  switch (typeof value) {
    case 'string':
      return style.quote(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      return Number.isInteger(value) ? pyIntRepr(value) : floatText(value)
    case 'bigint':
      return pyIntRepr(value)
  }
  if (value === null) return 'null'
  if (value instanceof JsonFloat) return floatText(value.value)
  // Concatenated, not joined: whole tool lists come through here.
  const within = newline + (style.unit ?? '')
  const inner = style.unit === undefined ? '' : within
  const outer = style.unit === undefined ? '' : newline
  let out = ''
  if (Array.isArray(value)) {
    for (const one of value as readonly PyValue[]) {
      out += (out === '' ? inner : style.item + inner) + write(one, style, within)
    }
    return out === '' ? '[]' : `[${out}${outer}]`
  }
  for (const [key, one] of entriesOf(value as PyDict, style.sortKeys)) {
    out += out === '' ? inner : style.item + inner
    out += style.quote(keyText(key)) + style.colon + write(one, style, within)
  }
  return out === '' ? '{}' : `{${out}${outer}}`
}

function entriesOf(dict: PyDict, sorted: boolean): [PyValue, PyValue][] {
  const entries = dictEntries(dict)
  return sorted ? entries.sort(([a], [b]) => pyCompare(a, b)) : entries
}

function keyText(key: PyValue): string {
  if (typeof key === 'string') return key
  const type = pyType(key)
  if (type === 'list' || type === 'tuple' || type === 'dict') {
    throw new PyError('TypeError', `keys must be str, int, float, bool or None, not ${type}`)
  }
  return write(key, PLAIN, '')
}

const PLAIN: Style = { quote, unit: undefined, item: ', ', colon: ': ', sortKeys: false }

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity'
  return pyFloatRepr(value)
}

/** JSON.stringify escapes lone surrogates, which Python's json leaves as they are; the rest is the same. */
function quote(text: string): string {
  if (!/["\\\x00-\x1f\ud800-\udfff]/.test(text)) return `"${text}"`
  const quoted = JSON.stringify(text)
  return quoted.includes('\\ud') && /[\ud800-\udfff]/.test(text) ? quoteEach(text) : quoted
}

function quoteEach(text: string): string {
  return `"${text.replace(/["\\\x00-\x1f]/g, char => JSON.stringify(char).slice(1, -1))}"`
}

function quoteAscii(text: string): string {
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return quoteEach(text).replace(/[^\x00-\x7e]/g, escapeUnit)
}
