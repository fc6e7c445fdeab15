import type { Signature } from '../operations/signature.ts'
import type { Runtime } from '../runtime.ts'
import type { Item, Named, Value } from '../values/value.ts'

/** One row of the table of filters: `input | name(parameters)`. */
export interface Filter extends Signature {
  /** Whether it wants numbers of the data with their origins (as a Scalar), and may give such. */
  readonly isTraced?: boolean
  run(runtime: Runtime, input: Value, args: readonly (Value | undefined)[], named: Named | undefined): Value
}

/** One row of the table of tests: `input is name(parameters)`. */
export interface Test extends Signature {
  /** The same check for one that takes no arguments, and a string of the data as it is. */
  readonly checkItem?: (item: Item) => boolean
  check(runtime: Runtime, input: Value, args: readonly (Value | undefined)[]): boolean
}
