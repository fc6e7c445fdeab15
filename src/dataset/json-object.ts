import type { Json } from '../json/index.ts'

/** Keys in the order given: an object, or a Map where JavaScript would move some to the front, as the parser of JSON has it. */
export function toJsonObject(entries: readonly (readonly [string, Json])[]): Json {
  return entries.some(([key]) => isArrayIndex(key)) ? new Map(entries) : Object.fromEntries(entries)
}

export function isArrayIndex(key: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4294967295
}
