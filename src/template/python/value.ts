import { JsonFloat } from '../../json/index.ts'
import { PyError } from './py-error.ts'

/** A Python tuple: an array that prints in parentheses and is never equal to a list. */
export class PyTuple extends Array<PyValue> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

export function pyTuple(items: Iterable<PyValue>): PyTuple {
  const tuple = new PyTuple()
  for (const item of items) tuple.push(item)
  return tuple
}

/** A Json value, or what Python can make of some: tuples, and dicts whose keys are not strings. */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonFloat
  | readonly PyValue[]
  | PyObject
  | ReadonlyMap<PyValue, PyValue>
export interface PyObject {
  readonly [key: string]: PyValue
}
export type PyDict = PyObject | ReadonlyMap<PyValue, PyValue>

/** What a value is in Python. */
export type PyType = 'NoneType' | 'bool' | 'int' | 'float' | 'str' | 'list' | 'tuple' | 'dict'

export function pyType(value: PyValue): PyType {
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'boolean':
      return 'bool'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    case 'bigint':
      return 'int'
  }
  if (value === null) return 'NoneType'
  if (value instanceof JsonFloat) return 'float'
  if (Array.isArray(value)) return value instanceof PyTuple ? 'tuple' : 'list'
  return 'dict'
}

export function isDict(value: PyValue): value is PyDict {
  return typeof value === 'object' && pyType(value) === 'dict'
}

/** A dict's items in its order: of own keys only, so that no prototype shows through. */
export function dictEntries(dict: PyDict): [PyValue, PyValue][] {
  return dict instanceof Map ? [...dict] : Object.entries(dict)
}

/** The value under a string key, or undefined; never a property of a prototype. */
export function dictGet(dict: PyDict, key: string): PyValue | undefined {
  if (dict instanceof Map) return dict.get(key)
  return Object.hasOwn(dict, key) ? (dict as PyObject)[key] : undefined
}

/** A float: whole ones are wrapped, so that they stay floats. */
export function pyFloat(value: number): number | JsonFloat {
  return Number.isInteger(value) ? new JsonFloat(value) : value
}

/** An int: a `number` as long as that is exact, else a `bigint`. */
export function pyInt(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value
}

/** A number in JavaScript's terms: the double of a float, and an int or bool as `number` or `bigint`; undefined for what is no number. */
export function toNumeric(value: PyValue): { float: number } | { int: number | bigint } | undefined {
  switch (typeof value) {
    case 'boolean':
      return { int: value ? 1 : 0 }
    case 'number':
      return Number.isInteger(value) ? { int: value } : { float: value }
    case 'bigint':
      return { int: value }
  }
  return value instanceof JsonFloat ? { float: value.value } : undefined
}

/** An int as a double. @throws PyError `OverflowError` beyond the range of doubles */
export function intToFloat(value: number | bigint): number {
  const float = Number(value)
  if (!Number.isFinite(float)) throw new PyError('OverflowError', 'int too large to convert to float')
  return float
}
