import { unwrap } from '../operations/convert.ts'
import { iterate } from '../operations/iterate.ts'
import { bindArguments } from '../operations/signature.ts'
import { truthOf } from '../operations/truth.ts'
import type { Runtime } from '../runtime.ts'
import { typeFault } from '../template-error.ts'
import { PyGenerator } from '../values/objects.ts'
import { Str } from '../values/str.ts'
import type { Named, Value } from '../values/value.ts'
import type { Filter } from './filter.ts'
import { type Get, makeGetter } from './getter.ts'
import { FILTERS } from './index.ts'
import { TESTS } from './tests.ts'

/** Filters that take a filter's, a test's or an attribute's name, and give a generator. */
export const PICK_FILTERS: readonly Filter[] = [
  {
    name: 'map',
    parameters: [],
    variadic: true,
    run: (runtime, input, args, named) => {
      const values = args as readonly Value[]
      return generate(runtime, input, () => {
        const get =
          values.length === 0 && named?.has('attribute')
            ? attributeGetter(runtime, named)
            : mapper(runtime, values, named)
        return function* (item) {
          yield get(item)
        }
      })
    },
  },
  pick('select', false, false),
  pick('reject', false, true),
  pick('selectattr', true, false),
  pick('rejectattr', true, true),
]

function pick(name: string, byAttribute: boolean, isReject: boolean): Filter {
  return {
    name,
    parameters: [],
    variadic: true,
    run: (runtime, input, args, named) =>
      generate(runtime, input, () => {
        const values = args as readonly Value[]
        if (byAttribute && values.length === 0) throw typeFault('Missing parameter for attribute name')
        const get = byAttribute ? makeGetter(runtime, values[0]!) : (item: Value) => item
        const test = makeTest(runtime, byAttribute ? values.slice(1) : values, named)
        return function* (item) {
          if (test(get(item)) !== isReject) yield item
        }
      }),
  }
}

/** A generator, as Jinja2's are: the input is looked at, and a wrong argument found, only when the first item is asked for. */
function generate(
  runtime: Runtime,
  input: Value,
  prepare: () => (item: Value) => Iterable<Value>,
): PyGenerator {
  function* items(): Generator<Value> {
    if (!truthOf(input)) return
    const each = prepare()
    const iterator = iterate(input)
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      runtime.step()
      yield* each(unwrap(next.value))
    }
  }
  return new PyGenerator(items())
}

function mapper(runtime: Runtime, values: readonly Value[], named: Named | undefined): Get {
  const [name, ...args] = values
  if (name === undefined) throw typeFault('map requires a filter argument')
  const filter = name instanceof Str ? FILTERS.get(name.text) : undefined
  if (filter === undefined)
    throw typeFault(`No filter named ${name instanceof Str ? `'${name.text}'` : 'so'}.`)
  const bound = bindArguments(filter, args, named)
  return item => unwrap(filter.run(runtime, item, bound, named))
}

function attributeGetter(runtime: Runtime, named: Named): Get {
  for (const key of named.keys()) {
    if (key !== 'attribute' && key !== 'default') throw typeFault(`Unexpected keyword argument '${key}'`)
  }
  return makeGetter(runtime, named.get('attribute')!, named.get('default'))
}

function makeTest(
  runtime: Runtime,
  values: readonly Value[],
  named: Named | undefined,
): (item: Value) => boolean {
  const [name, ...args] = values
  if (name === undefined) return truthOf
  const test = name instanceof Str ? TESTS.get(name.text) : undefined
  if (test === undefined) throw typeFault(`No test named ${name instanceof Str ? `'${name.text}'` : 'so'}.`)
  const bound = bindArguments(test, args, named)
  return item => test.check(runtime, item, bound)
}
