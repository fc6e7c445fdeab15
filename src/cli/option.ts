/** An option of the command line, whichever commands have it. */
export interface Option<Value> {
  /** Where it is not the option's name. */
  readonly flag?: string
  /** What stands for the value in the help; undefined for a switch. */
  readonly value: string | undefined
  readonly help: string
  /** For the help: what holds without the option. */
  readonly default?: string
  /** May be given more than once: each adds to what was given before. */
  readonly repeats?: true
  /** @throws LosslineError `cli/option` */
  readonly parse: (text: string, before?: Value) => Value
}

/** One row for each value. */
export type OptionTable<Values> = { readonly [Name in keyof Values]: Option<Values[Name]> }

/** An option that is true by being there. */
export function toSwitch(help: string): Option<boolean> {
  return { value: undefined, help, parse: () => true }
}
