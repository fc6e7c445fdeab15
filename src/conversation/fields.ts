import { type Json, JsonFloat, type JsonObject } from '../json/index.ts'

/** A JSON object: plain, or a Map where some key looks like an array index. */
export type Fields = JsonObject | ReadonlyMap<string, Json>

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** The value of a key of the object itself: what a prototype has is none of the row's. */
export function getField(fields: Fields, key: string): Json | undefined {
  if (fields instanceof Map) return fields.get(key)
  return Object.hasOwn(fields, key) ? (fields as JsonObject)[key] : undefined
}

export function getEntries(fields: Fields): readonly (readonly [string, Json])[] {
  return fields instanceof Map ? [...fields] : Object.entries(fields)
}

export function getKeys(fields: Fields): readonly string[] {
  return fields instanceof Map ? [...fields.keys()] : Object.keys(fields)
}

/** Keys in the order given, which JavaScript keeps unless they look like array indexes; `__proto__` is a key like any other. */
export function toObject(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(entries)
}

/** Absent and null are one: Arrow and Parquet write null where a row lacks a column. */
export function hasValue(fields: Fields, key: string): boolean {
  return (getField(fields, key) ?? null) !== null
}

/** The number of an int or a float of the file. */
export function toNumber(value: Json): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  return value instanceof JsonFloat ? value.value : undefined
}
