import { JsonFloat } from '../../json/index.ts'
import { type PyValue, pyRepr, pyStr, pyTuple } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { type RenderFault, typeFault } from '../template-error.ts'
import { Callable, Cycler, DictView, Macro, Namespace, PyRange } from '../values/objects.ts'
import { WholeOrigin } from '../values/origin.ts'
import { Scalar } from '../values/scalar.ts'
import { asMarkup, computed, EMPTY, Str } from '../values/str.ts'
import { TemplateObject } from '../values/template-object.ts'
import { isTuple, tupleOf } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Dict, Item, Value } from '../values/value.ts'
import { entriesOf } from './dict.ts'
import { LoopState } from './loop-state.ts'

/** What printing one item of a container counts: a list that holds the same list twice, fifty times over, has 2^50 items to print. */
const STEPS_PER_ITEM = 10

/** A value that may be a {@link Scalar}, without its origin. */
export function unwrap(value: Value): Value {
  return value instanceof Scalar ? value.value : value
}

/** `str(value)`, with its origin. */
export function toStr(runtime: Runtime, value: Value): Str {
  if (value instanceof Str) return asMarkup(value, false)
  if (value instanceof Undefined) return EMPTY
  if (value instanceof Scalar) return new Str(pyStr(value.value), value.origin, -1)
  if (typeof value !== 'object' || value === null || value instanceof JsonFloat) return computed(pyStr(value))
  const text = reprOf(runtime, value)
  return value instanceof TemplateObject ? computed(text) : new Str(text, new WholeOrigin(value), -1)
}

/** As {@link toStr}, but Markup stays Markup. */
export function toSoftStr(runtime: Runtime, value: Value): Str {
  return value instanceof Str ? value : toStr(runtime, value)
}

/** `repr(value)`. */
export function reprOf(runtime: Runtime, value: Item): string {
  runtime.charge(STEPS_PER_ITEM)
  if (value instanceof TemplateObject) return objectRepr(runtime, value)
  if (typeof value !== 'object' || value === null || value instanceof JsonFloat) return pyRepr(value)
  if (Array.isArray(value)) {
    const items = Array.from(value as readonly Item[], item => reprOf(runtime, item)).join(', ')
    if (!isTuple(value)) return `[${items}]`
    return value.length === 1 ? `(${items},)` : `(${items})`
  }
  const entries = entriesOf(value as Dict).map(
    ([key, item]) => `${reprOf(runtime, key)}: ${reprOf(runtime, item)}`,
  )
  return `{${entries.join(', ')}}`
}

function objectRepr(runtime: Runtime, value: TemplateObject): string {
  if (value instanceof Str) return value.safe ? `Markup(${pyRepr(value.text)})` : pyRepr(value.text)
  if (value instanceof Scalar) return pyRepr(value.value)
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof PyRange) {
    const step = value.step === 1 ? '' : `, ${value.step}`
    return `range(${value.start}, ${value.stop}${step})`
  }
  if (value instanceof DictView) return `dict_${value.part}(${reprOf(runtime, viewItems(value))})`
  if (value instanceof Namespace) {
    const entries = [...value.attributes].map(([name, item]) => `${pyRepr(name)}: ${reprOf(runtime, item)}`)
    return `<Namespace {${entries.join(', ')}}>`
  }
  if (value instanceof Macro) return `<Macro ${pyRepr(value.name)}>`
  if (value instanceof LoopState) return `<LoopContext ${value.index0 + 1}/${value.length}>`
  if (value instanceof Callable) return `<function ${value.name}>`
  if (value instanceof Cycler) return '<jinja2.utils.Cycler object>'
  return `<${value.typeName} object>`
}

function viewItems(view: DictView): readonly Item[] {
  const entries = entriesOf(view.dict)
  if (view.part === 'items') return entries.map(entry => tupleOf(entry))
  return entries.map(([key, item]) => (view.part === 'keys' ? key : item))
}

/**
 * The value as JSON and Python's own types have it, without origins. What holds no Str is given back as it is.
 *
 * @throws RenderFault `template/type` for what only templates have
 */
export function toPlain(runtime: Runtime, value: Item): PyValue {
  runtime.charge(STEPS_PER_ITEM)
  if (typeof value !== 'object' || value === null || value instanceof JsonFloat) return value
  if (value instanceof Str) return value.text
  if (value instanceof TemplateObject) {
    if (value instanceof Scalar) return value.value
    throw notPlain(value)
  }
  if (Array.isArray(value)) return toPlainList(runtime, value as readonly Item[])
  return toPlainDict(runtime, value as Dict)
}

function toPlainList(runtime: Runtime, list: readonly Item[]): PyValue {
  let copy: PyValue[] | undefined
  for (let i = 0; i < list.length; i++) {
    const plain = toPlain(runtime, list[i]!)
    if (copy === undefined) {
      if (plain === list[i]) continue
      copy = list.slice(0, i) as PyValue[]
    }
    copy.push(plain)
  }
  if (copy === undefined) return list as readonly PyValue[]
  return isTuple(list) ? pyTuple(copy) : copy
}

function toPlainDict(runtime: Runtime, dict: Dict): PyValue {
  if (dict instanceof Map) {
    const copy = new Map<PyValue, PyValue>()
    for (const [key, item] of dict as ReadonlyMap<Item, Item>) {
      copy.set(toPlain(runtime, key), toPlain(runtime, item))
    }
    return copy
  }
  for (const [, item] of entriesOf(dict)) {
    // A plain object comes from the data only: it holds no Str. Its size counts all the same.
    if (typeof item === 'object') toPlain(runtime, item)
  }
  return dict as PyValue
}

function notPlain(value: TemplateObject): RenderFault {
  if (value instanceof Undefined) return typeFault('Object of type Undefined is not JSON serializable')
  return typeFault(`Object of type ${value.typeName} is not JSON serializable`)
}
