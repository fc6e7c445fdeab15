import { JsonFloat } from '../../json/index.ts'
import { Str } from '../values/str.ts'
import { TemplateObject } from '../values/template-object.ts'
import type { Value } from '../values/value.ts'
import { sizeOf } from './dict.ts'

/** `bool(value)`. */
export function truthOf(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) return false
  if (value instanceof Str) return value.text.length > 0
  if (value instanceof TemplateObject) return value.isTrue
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'bigint') return value !== 0n
  if (value instanceof JsonFloat) return value.value !== 0
  return Array.isArray(value) ? value.length > 0 : sizeOf(value as Parameters<typeof sizeOf>[0]) > 0
}
