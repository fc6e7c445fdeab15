import type { Runtime } from '../runtime.ts'
import { typeFault } from '../template-error.ts'
import { asMarkup, concatAll, Str } from '../values/str.ts'
import type { Value } from '../values/value.ts'
import { toList } from './iterate.ts'
import { escapeStr } from './markup.ts'
import { typeNameOf } from './type-name.ts'

/** `separator.join(items)`; each item keeps its origin. @throws RenderFault `template/type` for items that are no strs */
export function joinStrs(runtime: Runtime, separator: Str, items: Value): Str {
  const strs = toList(runtime, items).map((item, i) => {
    if (item instanceof Str) return separator.safe ? escapeStr(runtime, item) : item
    throw typeFault(`sequence item ${i}: expected str instance, ${typeNameOf(item)} found`)
  })
  return asMarkup(interleave(runtime, separator, strs), separator.safe)
}

/** The strs with the separator between them. */
export function interleave(runtime: Runtime, separator: Str, strs: readonly Str[]): Str {
  let length = separator.text.length * Math.max(0, strs.length - 1)
  for (const str of strs) length += str.text.length
  runtime.chargeText(length)
  if (separator.text === '') return concatAll(strs)
  const parts: Str[] = []
  for (const str of strs) {
    if (parts.length > 0) parts.push(separator)
    parts.push(str)
  }
  return concatAll(parts)
}
