import { JsonFloat } from '../../json/index.ts'
import { isInSet } from './char-sets.ts'
import { pyFloatRepr, pyIntRepr } from './number.ts'
import { dictEntries, type PyDict, PyTuple, type PyValue } from './value.ts'

/** `str(value)`: a string as it is, all else as `repr` writes it. */
export function pyStr(value: PyValue): string {
  return typeof value === 'string' ? value : pyRepr(value)
}

/** `repr(value)`. */
export function pyRepr(value: PyValue): string {
  switch (typeof value) {
    case 'string':
      return stringRepr(value)
    case 'boolean':
      return value ? 'True' : 'False'
    case 'number':
      return Number.isInteger(value) ? pyIntRepr(value) : pyFloatRepr(value)
    case 'bigint':
      return pyIntRepr(value)
  }
  if (value === null) return 'None'
  if (value instanceof JsonFloat) return pyFloatRepr(value.value)
  if (!Array.isArray(value)) return dictRepr(value as PyDict)
  const items = Array.from(value as readonly PyValue[], pyRepr).join(', ')
  if (!(value instanceof PyTuple)) return `[${items}]`
  return value.length === 1 ? `(${items},)` : `(${items})`
}

function dictRepr(dict: PyDict): string {
  return `{${dictEntries(dict)
    .map(([key, item]) => `${pyRepr(key)}: ${pyRepr(item)}`)
    .join(', ')}}`
}

/** Single quotes, unless the text has those and no double ones; what `isprintable` refuses is escaped. */
function stringRepr(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  if (!/[^ -&(-[\]-~]/.test(text)) return mark + text + mark
  let out = mark
  for (const char of text) out += escapeChar(char, mark)
  return out + mark
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

function escapeChar(char: string, mark: string): string {
  if (char === mark) return `\\${char}`
  const escaped = ESCAPES.get(char)
  if (escaped !== undefined) return escaped
  const code = char.codePointAt(0)!
  if (isInSet('printable', code)) return char
  const hex = code.toString(16)
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** `ascii(value)`: repr with everything beyond ASCII escaped, for `%a` and `!a`. */
export function pyAscii(value: PyValue): string {
  return Array.from(pyRepr(value), char => {
    const code = char.codePointAt(0)!
    if (code < 0x80) return char
    const hex = code.toString(16)
    if (code <= 0xff) return `\\x${hex}`
    return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
  }).join('')
}
