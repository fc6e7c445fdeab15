import type { Json } from '../../json/index.ts'
import { isDict } from '../operations/dict.ts'
import { Variables } from '../variables.ts'
import type { Given } from './source-finder.ts'

/** The same data with no object in two places. */
export function cloneGiven({ messages, variables }: Given): Given {
  const copy = messages.map(clone)
  const copies: [string, Json][] = []
  for (const [name, value] of variables.entries())
    copies.push([name, (value === messages ? copy : clone(value)) as Json])
  return { messages: copy, variables: new Variables(variables, [Object.fromEntries(copies)]) }
}

function clone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clone)
  if (!isDict(value)) return value
  if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [key, clone(item)] as const))
  const copy: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    // Assigned to, `__proto__` would be the prototype.
    Object.defineProperty(copy, key, {
      value: clone(item),
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }
  return copy
}
