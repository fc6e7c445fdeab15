import type { PyValue } from '../python/index.ts'
import { pyType } from '../python/index.ts'
import { TemplateObject } from '../values/template-object.ts'
import type { Item } from '../values/value.ts'

/** The name of a value's type in Python, for errors. */
export function typeNameOf(value: Item): string {
  return value instanceof TemplateObject ? value.typeName : pyType(value as PyValue)
}
