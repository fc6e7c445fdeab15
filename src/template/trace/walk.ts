import { isDict } from '../operations/dict.ts'
import type { Dict } from '../values/value.ts'
import { extendPath, type Way } from './path.ts'

/** Where lists and dicts lie, by their identity. */
export type Ways = ReadonlyMap<object, Way>

interface Root {
  readonly value: unknown
  readonly way: Way
}

/** Finds all lists and dicts below some values; `hasShared` tells that one lies in two places. */
export function walk(roots: readonly Root[]): {
  ways: Ways
  hasShared: boolean
} {
  const ways = new Map<object, Way>()
  let hasShared = false
  const waiting = [...roots]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, way } = next
    if (!isContainer(value)) continue
    if (ways.has(value)) {
      hasShared ||= hasItems(value)
      continue
    }
    ways.set(value, way)
    if (Array.isArray(value) || value instanceof Map) {
      for (const [key, item] of entriesOf(value)) {
        if (isContainer(item)) waiting.push({ value: item, way: extendPath(way, key, value) })
      }
    } else addItems(waiting, value as Readonly<Record<string, unknown>>, way)
  }
  return { ways, hasShared }
}

/** Most are messages that hold nothing but strings: no list of entries is made for them. */
function addItems(waiting: Root[], dict: Readonly<Record<string, unknown>>, way: Way): void {
  for (const key of Object.keys(dict)) {
    const value = dict[key]
    if (isContainer(value)) waiting.push({ value, way: extendPath(way, key, dict) })
  }
}

/** Whether some list or dict is among two of them. */
export function doOverlap(all: readonly Ways[]): boolean {
  return all.some((some, i) => all.slice(i + 1).some(others => areShared(some, others)))
}

function areShared(some: Ways, others: Ways): boolean {
  const [few, many] = some.size < others.size ? [some, others] : [others, some]
  for (const object of few.keys()) if (many.has(object) && hasItems(object)) return true
  return false
}

/** An empty one has no text that could be taken for another's. */
function hasItems(value: object): boolean {
  return entriesOf(value).length > 0
}

export function isContainer(value: unknown): value is object {
  return Array.isArray(value) || isDict(value)
}

export function entriesOf(value: object): [unknown, unknown][] {
  if (Array.isArray(value)) return [...value.entries()]
  return value instanceof Map ? [...value] : Object.entries(value as Dict)
}
