import { typeFault } from '../template-error.ts'
import { Str } from '../values/str.ts'
import { Undefined } from '../values/undefined.ts'
import type { Value } from '../values/value.ts'
import { typeNameOf } from './type-name.ts'

/** An argument that has to be a str. @throws RenderFault `template/type`, or `template/undefined` */
export function toText(value: Value | undefined, what: string): Str {
  if (value instanceof Str) return value
  if (value instanceof Undefined) throw typeFault(`${what} must be a str, not Undefined`)
  throw typeFault(`${what} must be a str, not ${value === undefined ? 'absent' : typeNameOf(value)}`)
}

/** An argument that is a str, or none or absent. */
export function toOptionalText(value: Value | undefined, what: string): Str | undefined {
  return value === undefined || value === null ? undefined : toText(value, what)
}

/** An argument that has to be an int; beyond 2^53 it is cut to that. */
export function toInteger(value: Value | undefined, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') return value < 0n ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
  if (value instanceof Undefined) throw value.fault()
  throw typeFault(`${what} must be an int, not ${value === undefined ? 'absent' : typeNameOf(value)}`)
}

export function toOptionalInteger(value: Value | undefined, what: string): number | undefined {
  return value === undefined || value === null ? undefined : toInteger(value, what)
}
