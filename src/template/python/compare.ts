import { PyError } from './py-error.ts'
import { dictEntries, isDict, type PyDict, PyTuple, type PyValue, pyType, toNumeric } from './value.ts'

/** `bool(value)`. */
export function pyTruth(value: PyValue): boolean {
  const numeric = toNumeric(value)
  if (numeric !== undefined) return 'int' in numeric ? Number(numeric.int) !== 0 : numeric.float !== 0
  if (value === null) return false
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0
  return value instanceof Map ? value.size > 0 : Object.keys(value as object).length > 0
}

/** `a == b`: by value; `1 == 1.0 == True`, a tuple is no list, dicts know no order. */
export function pyEquals(a: PyValue, b: PyValue): boolean {
  if (a === b) return !Number.isNaN(a)
  if (typeof a === 'string' || typeof b === 'string' || a === null || b === null) return false
  const x = toNumeric(a)
  const y = toNumeric(b)
  if (x !== undefined && y !== undefined) return compareNumbers(toComparable(x), toComparable(y)) === 0
  if (Array.isArray(a) && Array.isArray(b)) return equalItems(a, b)
  return isDict(a) && isDict(b) && equalDicts(a, b)
}

function toComparable(numeric: { float: number } | { int: number | bigint }): number | bigint {
  return 'int' in numeric ? numeric.int : numeric.float
}

function equalItems(a: readonly PyValue[], b: readonly PyValue[]): boolean {
  if (a.length !== b.length || a instanceof PyTuple !== b instanceof PyTuple) return false
  return a.every((item, i) => pyEquals(item, b[i]!))
}

function equalDicts(a: PyDict, b: PyDict): boolean {
  const left = dictEntries(a)
  const right = dictEntries(b)
  if (left.length !== right.length) return false
  return left.every(([key, item]) => {
    const other = right.find(([otherKey]) => pyEquals(key, otherKey))
    return other !== undefined && pyEquals(item, other[1])
  })
}

/**
 * Negative, 0 or positive as `a < b`, `a == b`, `a > b`; NaN where all three are false (a nan is among them).
 *
 * @param sign the operator, for the error's words
 * @throws PyError `TypeError` for types that have no order
 */
export function pyCompare(a: PyValue, b: PyValue, sign = '<'): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b)
  const x = toNumeric(a)
  const y = toNumeric(b)
  if (x !== undefined && y !== undefined) return compareNumbers(toComparable(x), toComparable(y))
  if (Array.isArray(a) && Array.isArray(b) && a instanceof PyTuple === b instanceof PyTuple) {
    return compareItems(a, b, sign)
  }
  const types = `'${pyType(a)}' and '${pyType(b)}'`
  throw new PyError('TypeError', `'${sign}' not supported between instances of ${types}`)
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1
  if (a > b) return 1
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : 0
}

/** By code points: UTF-16 would put U+1F600 before U+FF5E. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++
  if (at === length) return a.length - b.length
  // The characters may differ in their second unit only.
  if (at > 0 && isHighSurrogate(a.charCodeAt(at - 1))) at--
  const order = a.codePointAt(at)! - b.codePointAt(at)!
  return order !== 0 ? order : a.codePointAt(at + 1)! - b.codePointAt(at + 1)!
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function compareItems(a: readonly PyValue[], b: readonly PyValue[], sign: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    if (!pyEquals(a[i]!, b[i]!)) return pyCompare(a[i]!, b[i]!, sign)
  }
  return a.length - b.length
}

/**
 * `item in container`: part of a string, item of a list, key of a dict.
 *
 * @throws PyError `TypeError` where that question makes no sense
 */
export function pyContains(container: PyValue, item: PyValue): boolean {
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item)
    throw new PyError('TypeError', `'in <string>' requires string as left operand, not ${pyType(item)}`)
  }
  if (Array.isArray(container)) return container.some(one => pyEquals(one, item))
  if (isDict(container)) {
    if (typeof item === 'string') {
      return container instanceof Map ? container.has(item) : Object.hasOwn(container, item)
    }
    checkHashable(item)
    return dictEntries(container).some(([key]) => pyEquals(key, item))
  }
  throw new PyError('TypeError', `argument of type '${pyType(container)}' is not iterable`)
}

/** @throws PyError `TypeError` for a list or dict, or a tuple that holds one */
function checkHashable(value: PyValue): void {
  const type = pyType(value)
  if (type === 'list' || type === 'dict') throw new PyError('TypeError', `unhashable type: '${type}'`)
  if (value instanceof PyTuple) value.forEach(checkHashable)
}
