import { JsonFloat } from '../../json/index.ts'
import { pyEquals } from '../python/index.ts'
import { DictView, PyRange } from '../values/objects.ts'
import { Str } from '../values/str.ts'
import { TemplateObject } from '../values/template-object.ts'
import { isTuple } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Dict, Item } from '../values/value.ts'
import { entriesOf, lookUpText, sizeOf } from './dict.ts'

/** `a == b`: strings by their characters, whatever their origin; containers by value; undefined equals undefined alone. */
export function equals(a: Item, b: Item): boolean {
  if (a instanceof Str) return b instanceof Str ? a.text === b.text : a.text === b
  if (b instanceof Str) return a === b.text
  if (a === b) return typeof a !== 'number' || !Number.isNaN(a)
  if (a instanceof TemplateObject || b instanceof TemplateObject) return equalObjects(a, b)
  if (isScalar(a) || isScalar(b)) return isScalar(a) && isScalar(b) && pyEquals(a, b)
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length || isTuple(a) !== isTuple(b)) return false
    return (a as readonly Item[]).every((item, i) => equals(item, b[i] as Item))
  }
  if (Array.isArray(a) || Array.isArray(b)) return false
  return equalDicts(a as Dict, b as Dict)
}

function isScalar(value: Item): value is string | null | boolean | number | bigint | JsonFloat {
  return typeof value !== 'object' || value === null || value instanceof JsonFloat
}

function equalDicts(a: Dict, b: Dict): boolean {
  if (sizeOf(a) !== sizeOf(b)) return false
  return entriesOf(a).every(([key, item]) => {
    const other =
      typeof key === 'string' ? lookUpText(b, key) : entriesOf(b).find(([own]) => equals(own, key))?.[1]
    return other !== undefined && equals(item, other)
  })
}

function equalObjects(a: Item, b: Item): boolean {
  if (a instanceof Undefined && b instanceof Undefined) return true
  if (a instanceof PyRange && b instanceof PyRange) {
    if (a.length !== b.length) return false
    return a.length === 0 || (a.start === b.start && (a.length === 1 || a.step === b.step))
  }
  if (a instanceof DictView && b instanceof DictView && a.part !== 'values' && a.part === b.part) {
    return a.part === 'items'
      ? equalDicts(a.dict, b.dict)
      : entriesOf(a.dict).every(([key]) => entriesOf(b.dict).some(([own]) => equals(own, key)))
  }
  return false
}
