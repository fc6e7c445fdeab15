import { getItem } from '../operations/access.ts'
import type { Runtime } from '../runtime.ts'
import { computed, Str } from '../values/str.ts'
import { Undefined } from '../values/undefined.ts'
import type { Value } from '../values/value.ts'

export type Get = (item: Value) => Value

/** `attribute='a.b.0'`: items within items; what is missing is undefined, or the default. */
export function makeGetter(runtime: Runtime, attribute: Value, fallback?: Value): Get {
  const parts = toParts(attribute)
  return item => {
    let at = item
    for (const part of parts) {
      at = getItem(runtime, at, part)
      if (at instanceof Undefined && fallback !== undefined && fallback !== null) at = fallback
    }
    return at
  }
}

function toParts(attribute: Value): Value[] {
  if (attribute === null) return []
  if (!(attribute instanceof Str)) return [attribute]
  return attribute.text.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : computed(part)))
}
