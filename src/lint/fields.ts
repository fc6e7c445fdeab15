import { type Json, JsonFloat } from '../json/index.ts'

/** The keys and values of a JSON object; none for anything else. */
export function entriesOf(value: Json | undefined): readonly (readonly [string, Json])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof JsonFloat)
    return []
  return value instanceof Map ? [...value] : Object.entries(value)
}

export function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

export function fieldOf(value: Json | undefined, key: string): Json | undefined {
  return entriesOf(value).find(([name]) => name === key)?.[1]
}

export function isObject(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
}

/** A JSON text's value; undefined for a text that is none. */
export function parseText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The text of a content: itself, or its text parts joined. */
export function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content
  return itemsOf(content)
    .map(part => fieldOf(part, 'text'))
    .filter(text => typeof text === 'string')
    .join('')
}
