import { toInteger, toText } from './operations/arguments.ts'
import { toStr } from './operations/convert.ts'
import { entriesOf, isDict, makeDict } from './operations/dict.ts'
import { iterate, readItem, readKey, unpack } from './operations/iterate.ts'
import { bindArguments, tableOf } from './operations/signature.ts'
import { strftime } from './python/index.ts'
import type { Runtime } from './runtime.ts'
import { limitFault, RenderFault, typeFault } from './template-error.ts'
import { Callable, Cycler, Namespace, PyRange } from './values/objects.ts'
import { computed, EMPTY, Str } from './values/str.ts'
import { Undefined } from './values/undefined.ts'
import type { Named, Value } from './values/value.ts'

type Global = (runtime: Runtime, positional: readonly Value[], named: Named | undefined) => Value

/** The longest range that Jinja2's sandbox makes. */
const MAX_RANGE = 100_000

/** What every template can call: Jinja2's globals, and those that transformers adds. */
const GLOBALS: ReadonlyMap<string, Callable> = tableOf<Callable>([
  global('range', makeRange),
  global('dict', (_, positional, named) => makeDict(pairsOf('dict', positional, named))),
  global('namespace', makeNamespace),
  global('cycler', (_, items) => new Cycler(items)),
  global('joiner', (_, positional, named) => makeJoiner(positional, named)),
  global('lipsum', () => refuse('lipsum', 'gives another text each time')),
  global('raise_exception', raiseException),
  global('strftime_now', formatNow),
])

/** A global, as a value; undefined where there is none of that name. */
export function findGlobal(name: string): Value | undefined {
  return GLOBALS.get(name)
}

function global(name: string, run: Global): Callable {
  return new Callable(name, (positional, named, runtime) => {
    runtime.step()
    return run(runtime, positional, named)
  })
}

function makeRange(_: Runtime, positional: readonly Value[], named: Named | undefined): Value {
  const args = bindArguments(
    { name: 'range', parameters: ['start', 'stop', 'step'], required: 1 },
    positional,
    named,
  )
  const [first, second, third] = args.map(value => toInteger(value, 'an argument of range'))
  const [start, stop, step] = second === undefined ? [0, first!, 1] : [first!, second, third ?? 1]
  if (step === 0) throw typeFault('range() arg 3 must not be zero')
  const range = new PyRange(start, stop, step)
  if (range.length > MAX_RANGE) throw limitFault(`range() of more than ${MAX_RANGE} items`)
  return range
}

/** The entries of `dict(…)`: those of a dict or of pairs, then the named arguments. */
function pairsOf(name: string, positional: readonly Value[], named: Named | undefined): [Value, Value][] {
  if (positional.length > 1) throw typeFault(`${name} expected at most 1 argument, got ${positional.length}`)
  const pairs: [Value, Value][] = []
  const [given] = positional
  if (given instanceof Undefined) {
    // Iterates as nothing.
  } else if (given !== undefined && isDict(given)) {
    for (const [key, item] of entriesOf(given)) pairs.push([readKey(given, key), readItem(given, key, item)])
  } else if (given !== undefined) {
    const iterator = iterate(given)
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      const [key, value] = unpack(next.value, 2)
      pairs.push([key!, value!])
    }
  }
  for (const [key, value] of named ?? []) pairs.push([computed(key), value])
  return pairs
}

function makeNamespace(_: Runtime, positional: readonly Value[], named: Named | undefined): Value {
  const namespace = new Namespace()
  if (positional.length === 0 && named !== undefined) {
    for (const [key, value] of named) namespace.attributes.set(key, value)
    return namespace
  }
  for (const [key, value] of pairsOf('namespace', positional, named)) {
    if (key instanceof Str) namespace.attributes.set(key.text, value)
  }
  return namespace
}

function makeJoiner(positional: readonly Value[], named: Named | undefined): Value {
  const separator = positional[0] ?? named?.get('sep') ?? computed(', ')
  let isUsed = false
  return new Callable('joiner', () => {
    if (isUsed) return separator
    isUsed = true
    return EMPTY
  })
}

function raiseException(runtime: Runtime, positional: readonly Value[], named: Named | undefined): Value {
  const [message] = bindArguments(
    { name: 'raise_exception', parameters: ['message'], required: 1 },
    positional,
    named,
  )
  const { text } = toStr(runtime, message!)
  throw new RenderFault('template/raise', text, text)
}

function formatNow(runtime: Runtime, positional: readonly Value[], named: Named | undefined): Value {
  const [format] = bindArguments(
    { name: 'strftime_now', parameters: ['format'], required: 1 },
    positional,
    named,
  )
  runtime.usesClock = true
  return computed(formatTime(runtime.now, toText(format, 'the format').text))
}

/** What was formatted last: all rows of a file are rendered with the same clock and template. */
let last = { time: Number.NaN, format: '', text: '' }

function formatTime(now: Date, format: string): string {
  const time = now.getTime()
  if (last.time !== time || last.format !== format) last = { time, format, text: strftime(now, format) }
  return last.text
}

function refuse(name: string, why: string): never {
  throw typeFault(`${name}() ${why}: it is refused here`)
}
