import type { ExitCode, Io } from './io.ts'
import type { OptionName, Values } from './options.ts'

/** One command of the command line. It lists its options here; what it does is loaded when it runs. */
export interface Command {
  readonly name: string
  /** A sentence without a full stop. */
  readonly summary: string
  /** Whether it takes a file of rows, one or none, several inputs, or the name of a rule or a template's file or none. */
  readonly takes: 'file' | 'file?' | 'inputs' | 'rule?' | 'template?' | 'nothing'
  /** Command lines that work, most usual first. */
  readonly examples: readonly string[]
  readonly options: readonly OptionName[]
  /** Those of its options that may be given several times. */
  readonly repeated?: readonly OptionName[]
  /** Options of this command alone that take longer to load. */
  readonly ownOptions?: () => Promise<readonly OwnOption[]>
  /** Closing words of the help, for what takes longer to load. */
  readonly details?: (options: readonly OptionName[]) => Promise<string>
  /** @throws LosslineError for what ends the command; `cli/…` for usage */
  readonly run: (input: CommandInput, io: Io) => Promise<ExitCode>
}

export interface CommandInput {
  /** Path, or `-`; empty for a command that takes none, the first of several. */
  readonly file: string
  /** All of them. */
  readonly inputs: readonly string[]
  readonly values: Values
  /** All values of options that may be given several times; `values` has the first. */
  readonly repeated: Readonly<Partial<Record<OptionName, readonly unknown[]>>>
  /** What was given of the command's own options, by their names. */
  readonly own: Readonly<Record<string, unknown>>
}

/** An option that one command has. */
export interface OwnOption {
  /** In snake_case; its flag is the same in kebab-case. */
  readonly name: string
  /** What stands for the value in the help; undefined for true or false, which may be left out. */
  readonly value: string | undefined
  readonly help: string
  /** May be given more than once. */
  readonly repeats?: true
  /** Several words may follow it, as with a comma between them. */
  readonly isList?: true
  /** Not in the help. Its value may be left out. */
  readonly isHidden?: true
  /** @throws LosslineError without the place */
  readonly parse: (text: string, before?: unknown) => unknown
}
