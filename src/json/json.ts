/**
 * A number that JSON writes with a point or an exponent although its value is whole (`1.0`, `1e3`).
 * Python keeps the difference and templates print it, so we do: `1.0` is a float there, `1` an int.
 */
export class JsonFloat {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/**
 * A JSON value as Python's `json.loads` sees it. A `number` that is whole is an int, any other a float; a `bigint` is an int beyond
 * 2^53; an object with keys that JavaScript would reorder (`{"b": 1, "1": 2}`) is a `Map`, so that order is always the file's.
 */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonFloat
  | readonly Json[]
  | JsonObject
  | ReadonlyMap<string, Json>
export interface JsonObject {
  readonly [key: string]: Json
}
