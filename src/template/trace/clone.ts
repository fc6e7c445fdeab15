import type { Json } from '../../json/index.ts'
import { isDict } from '../operations/dict.ts'
import type { Given } from './source-finder.ts'

/** The same data with no object in two places. */
export function cloneGiven({ messages, variables }: Given): Given {
  const copy = messages.map(clone)
  const copies: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(variables))
    copies[name] = value === messages ? copy : clone(value)
  return { messages: copy, variables: copies as Record<string, Json> }
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
