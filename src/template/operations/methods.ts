import { sliceIndices } from '../python/index.ts'
import { typeFault } from '../template-error.ts'
import { DictView } from '../values/objects.ts'
import { Str } from '../values/str.ts'
import type { Dict, Item, Value } from '../values/value.ts'
import { toInteger } from './arguments.ts'
import { lookUp } from './dict.ts'
import { equals } from './equals.ts'
import { readItem } from './iterate.ts'
import { type Method, tableOf } from './signature.ts'

/** What Python's dict offers to templates. */
export const DICT_METHODS: ReadonlyMap<string, Method> = tableOf<Method>([
  {
    name: 'get',
    parameters: ['key', 'default'],
    required: 1,
    run: (_, self, [key, fallback = null]) => {
      const item = lookUp(self as Dict, key!)
      return item === undefined ? fallback : readItem(self as Dict, keyOf(key!), item)
    },
  },
  { name: 'items', parameters: [], run: (_, self) => new DictView(self as Dict, 'items') },
  { name: 'keys', parameters: [], run: (_, self) => new DictView(self as Dict, 'keys') },
  { name: 'values', parameters: [], run: (_, self) => new DictView(self as Dict, 'values') },
  // Nothing can change a dict here, so that it may be its own copy.
  { name: 'copy', parameters: [], run: (_, self) => self },
])

function keyOf(key: Value): unknown {
  return key instanceof Str ? key.text : key
}

const COUNT: Method = {
  name: 'count',
  parameters: ['value'],
  required: 1,
  run: (runtime, self, [value]) => {
    const list = self as readonly Item[]
    runtime.charge(list.length)
    return list.filter(item => equals(item, value!)).length
  },
}

const INDEX: Method = {
  name: 'index',
  parameters: ['value', 'start', 'stop'],
  required: 1,
  run: (runtime, self, [value, from, to]) => {
    const list = self as readonly Item[]
    runtime.charge(list.length)
    const bound = (given: Value | undefined) =>
      given === undefined ? undefined : toInteger(given, 'a position')
    const { start, stop } = sliceIndices(list.length, bound(from), bound(to))
    for (let i = start; i < stop; i++) if (equals(list[i]!, value!)) return i
    throw typeFault('the value is not in the list')
  },
}

export const LIST_METHODS: ReadonlyMap<string, Method> = tableOf<Method>([
  COUNT,
  INDEX,
  { name: 'copy', parameters: [], run: (_, self) => self },
])
export const TUPLE_METHODS: ReadonlyMap<string, Method> = tableOf<Method>([COUNT, INDEX])

/** What the sandbox keeps from templates, by the table of what it allows: these would change what they were given. */
export const MUTATING: ReadonlyMap<ReadonlyMap<string, Method>, ReadonlySet<string>> = new Map([
  [DICT_METHODS, new Set(['clear', 'pop', 'popitem', 'setdefault', 'update'])],
  [LIST_METHODS, new Set(['append', 'clear', 'extend', 'insert', 'pop', 'remove', 'reverse', 'sort'])],
  [TUPLE_METHODS, new Set<string>()],
])

/** What objects of Python have, and no template may touch. */
export const PYTHON_INTERNALS: ReadonlySet<string> = new Set(
  [
    'class delattr dir doc eq format ge getattribute getstate gt hash init init_subclass le lt ne new reduce reduce_ex',
    'repr setattr sizeof str subclasshook len getitem iter contains setitem delitem add mul rmul mod rmod reversed',
    'class_getitem or ror ior iadd imul getnewargs call globals code closure defaults kwdefaults dict module name',
    'qualname self func wrapped annotations builtins',
  ]
    .join(' ')
    .split(' ')
    .map(name => `__${name}__`),
)
