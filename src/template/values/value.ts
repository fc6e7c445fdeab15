import type { JsonFloat } from '../../json/index.ts'
import type { TemplateObject } from './template-object.ts'

/**
 * What an expression gives. Containers of the data stand as they are, with JSON strings in them; those that a template makes hold Strs.
 * A bare string is never a value, only an item of a container.
 */
export type Value = null | boolean | number | bigint | JsonFloat | TemplateObject | readonly Item[] | Dict

/** What lies in a container: a value, or a string of the data. */
export type Item = Value | string

export type Dict = { readonly [key: string]: Item } | ReadonlyMap<Item, Item>

/** Named arguments of a call. */
export type Named = ReadonlyMap<string, Value>
