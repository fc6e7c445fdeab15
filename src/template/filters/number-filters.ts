import { JsonFloat } from '../../json/index.ts'
import { toInteger, toText } from '../operations/arguments.ts'
import { toPlain, toStr } from '../operations/convert.ts'
import { truthOf } from '../operations/truth.ts'
import { filesizeformat, type PyValue, pyAbs, pyRound, toFloat, toInt } from '../python/index.ts'
import { typeFault } from '../template-error.ts'
import { computed, Str } from '../values/str.ts'
import { TemplateObject } from '../values/template-object.ts'
import { Undefined } from '../values/undefined.ts'
import type { Value } from '../values/value.ts'
import type { Filter } from './filter.ts'

/** Filters that take or give numbers. */
export const NUMBER_FILTERS: readonly Filter[] = [
  { name: 'abs', parameters: [], run: (_, input) => pyAbs(toNumber(input)) as Value },
  {
    name: 'int',
    parameters: ['default', 'base'],
    run: (_, input, [fallback = 0, base = 10]) => {
      if (input instanceof Undefined) throw input.fault()
      const plain = toBare(input)
      const result = plain === undefined ? undefined : toInt(plain, NONE, toInteger(base, 'the base'))
      return result === undefined || result === NONE ? fallback : (result as Value)
    },
  },
  {
    name: 'float',
    parameters: ['default'],
    run: (_, input, [fallback = new JsonFloat(0)]) => {
      if (input instanceof Undefined) throw input.fault()
      const plain = toBare(input)
      const result = plain === undefined ? undefined : toFloat(plain, NONE)
      return result === undefined || result === NONE ? fallback : (result as Value)
    },
  },
  {
    name: 'round',
    parameters: ['precision', 'method'],
    run: (_, input, [precision = 0, method]) => {
      const kind = method === undefined ? 'common' : toText(method, 'the method').text
      if (kind !== 'common' && kind !== 'ceil' && kind !== 'floor') {
        throw typeFault('method must be common, ceil or floor')
      }
      return pyRound(toNumber(input), toInteger(precision, 'the precision'), kind) as Value
    },
  },
  {
    name: 'filesizeformat',
    parameters: ['binary'],
    run: (runtime, input, [binary = false]) => {
      const text = filesizeformat(toPlain(runtime, input), truthOf(binary))
      return input instanceof Str ? new Str(text, toStr(runtime, input).origin, -1) : computed(text)
    },
  },
]

/** Stands for "no number": no template has this list. */
const NONE: readonly PyValue[] = []

function toNumber(input: Value): PyValue {
  if (input instanceof Undefined) throw input.fault()
  const bare = toBare(input)
  if (bare === undefined || typeof bare === 'string') throw typeFault('expected a number')
  return bare
}

/** A str's text, or a number; undefined for containers and the like. */
function toBare(input: Value): PyValue | undefined {
  if (input instanceof Str) return input.text
  if (input instanceof TemplateObject) return undefined
  return typeof input === 'object' && input !== null && !(input instanceof JsonFloat) ? undefined : input
}
