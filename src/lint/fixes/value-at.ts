import { type Json, type JsonPath, parseJson } from '../../json/index.ts'
import { fieldOf, itemsOf } from '../fields.ts'

/** What a path leads to, through strings that hold JSON too; undefined where it leads nowhere. */
export function valueAt(value: Json | undefined, [step, ...rest]: JsonPath): Json | undefined {
  if (step === undefined) return value
  const holder = typeof value === 'string' ? parseJson(value) : value
  return valueAt(typeof step === 'number' ? itemsOf(holder)[step] : fieldOf(holder, step), rest)
}
