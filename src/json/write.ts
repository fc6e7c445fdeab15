import { type Json, JsonFloat } from './json.ts'

/** The value as JSON on one line, such that {@link parseJson} gives it back: `1.0` stays a float, keys keep their order. */
export function writeJson(value: Json): string {
  if (value instanceof JsonFloat) return writeFloat(value.value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(writeJson).join(', ')}]`
  const entries: Iterable<readonly [string, Json]> = value instanceof Map ? value : Object.entries(value)
  return `{${Array.from(entries, ([key, item]) => `${JSON.stringify(key)}: ${writeJson(item)}`).join(', ')}}`
}

function writeFloat(value: number): string {
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
