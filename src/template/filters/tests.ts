import { JsonFloat } from '../../json/index.ts'
import { binary } from '../operations/arithmetic.ts'
import { compare } from '../operations/compare.ts'
import { toStr } from '../operations/convert.ts'
import { checkHashable, isDict } from '../operations/dict.ts'
import { equals } from '../operations/equals.ts'
import { isIterable } from '../operations/iterate.ts'
import { LoopState } from '../operations/loop-state.ts'
import { tableOf } from '../operations/signature.ts'
import { isLower, isUpper } from '../python/index.ts'
import type { CompareOperator } from '../syntax/ast.ts'
import { Callable, PyRange } from '../values/objects.ts'
import { Str } from '../values/str.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Value } from '../values/value.ts'
import type { Test } from './filter.ts'
import { FILTERS } from './index.ts'

/** All of Jinja2's tests. */
export const TESTS: ReadonlyMap<string, Test> = tableOf<Test>([
  is('defined', value => !(value instanceof Undefined)),
  is('undefined', value => value instanceof Undefined),
  is('none', value => value === null),
  is('boolean', value => typeof value === 'boolean'),
  is('true', value => value === true),
  is('false', value => value === false),
  is('integer', isInteger),
  is('float', isFloat),
  is('number', value => isInteger(value) || isFloat(value) || typeof value === 'boolean'),
  is('string', isString),
  is('mapping', isDict),
  is('sequence', isSequence),
  is('iterable', value => typeof value === 'string' || isIterable(value)),
  is(
    'callable',
    value => value instanceof Callable || value instanceof LoopState || value instanceof Undefined,
  ),
  is('escaped', value => value instanceof Str && value.safe),
  { name: 'lower', parameters: [], check: (runtime, value) => isLower(toStr(runtime, value).text) },
  { name: 'upper', parameters: [], check: (runtime, value) => isUpper(toStr(runtime, value).text) },
  {
    name: 'odd',
    parameters: [],
    check: (runtime, value) => equals(binary(runtime, '%', value, 2), 1),
  },
  {
    name: 'even',
    parameters: [],
    check: (runtime, value) => equals(binary(runtime, '%', value, 2), 0),
  },
  {
    name: 'divisibleby',
    parameters: ['num'],
    required: 1,
    check: (runtime, value, [by]) => equals(binary(runtime, '%', value, by!), 0),
  },
  { name: 'filter', parameters: [], check: (_, value) => isNameIn(FILTERS, value) },
  { name: 'test', parameters: [], check: (_, value) => isNameIn(TESTS, value) },
  { name: 'sameas', parameters: ['other'], required: 1, check: (_, value, [other]) => isSame(value, other!) },
  {
    name: 'in',
    parameters: ['seq'],
    required: 1,
    check: (runtime, value, [seq]) => compare(runtime, 'in', value, seq!),
  },
  ...comparison('==', 'eq', 'equalto'),
  ...comparison('!=', 'ne'),
  ...comparison('<', 'lt', 'lessthan'),
  ...comparison('<=', 'le'),
  ...comparison('>', 'gt', 'greaterthan'),
  ...comparison('>=', 'ge'),
])

function isNameIn(table: ReadonlyMap<string, unknown>, value: Value): boolean {
  checkHashable(value)
  return value instanceof Str && table.has(value.text)
}

/** A test that looks at the value alone, and takes bare strings of the data as well. */
function is(name: string, checkItem: (item: Item) => boolean): Test {
  return { name, parameters: [], checkItem, check: (_, value) => checkItem(value) }
}

function comparison(operator: CompareOperator, ...names: readonly string[]): Test[] {
  return [operator, ...names].map(name => ({
    name,
    parameters: ['other'],
    required: 1,
    check: (runtime, value, [other]) => compare(runtime, operator, value, other!),
  }))
}

function isString(value: Item): boolean {
  return typeof value === 'string' || value instanceof Str
}

function isInteger(value: Item): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
}

function isFloat(value: Item): boolean {
  return value instanceof JsonFloat || (typeof value === 'number' && !Number.isInteger(value))
}

/** What has a length and can be indexed: dicts are, views of dicts are not. */
function isSequence(value: Item): boolean {
  // As Jinja2 finds it, an undefined has both.
  return (
    isString(value) ||
    Array.isArray(value) ||
    isDict(value) ||
    value instanceof PyRange ||
    value instanceof Undefined
  )
}

/** Identity, as far as Python shows it for values that have none here: small ints, none, booleans and strings are themselves. */
function isSame(value: Value, other: Value): boolean {
  if (value instanceof Str && other instanceof Str) return value.text === other.text
  return value === other
}
