import {
  Command as CommanderCommand,
  CommanderError,
  Help as CommanderHelp,
  Option as CommanderOption,
} from 'commander'
import { LosslineError, quote } from '../error.ts'
import { readVersion } from '../package-root.ts'
import type { Command, CommandInput, OwnOption } from './command.ts'
import { COMMANDS } from './commands.ts'
import type { ExitCode, Io } from './io.ts'
import { OPTIONS, type OptionName, toFlag, type Values } from './options.ts'

/**
 * The command line as a function: runs the command that the arguments name.
 *
 * @param args without the program's own name
 * @returns 0 done, 1 for data, 2 for usage
 */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  let words = args
  try {
    const ownOptions = await loadOwnOptions(args)
    const flags = new Set([...FLAGS, ...ownOptions.map(({ name }) => toOwnFlag(name))])
    const kebab = args.map(word => toKebabCase(toSwitch(word, ownOptions), flags))
    words = joinLists(kebab, ownOptions)
    return await runProgram(words, ownOptions, io)
  } catch (error) {
    // Commander has already told what is wrong, or printed the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const { reportError } = await import('./report-error.ts')
    return reportError(error, io, io.isDebug || words.includes('--debug'))
  }
}

/** Those of the command that is called, or asked about. */
async function loadOwnOptions(args: readonly string[]): Promise<readonly OwnOption[]> {
  const called = COMMANDS.find(
    ({ name }) => args.find(word => !word.startsWith('-') && word !== 'help') === name,
  )
  return (await called?.ownOptions?.()) ?? []
}

async function runProgram(
  words: readonly string[],
  ownOptions: readonly OwnOption[],
  io: Io,
): Promise<ExitCode> {
  const program = makeProgram(io)
  let exitCode: ExitCode = 0
  for (const command of COMMANDS) {
    const own = command.ownOptions === undefined ? [] : ownOptions
    const sub = await addCommand(program, command, words, own)
    sub.action(async (...given: readonly unknown[]) => {
      if (command.takes === 'nothing') refuseWords(command.name, sub.args)
      const inputs = command.takes === 'nothing' ? [] : [given[0] ?? []].flat().map(String)
      const values = readValues(sub, command)
      const repeated = readRepeated(sub, command)
      exitCode = await command.run(
        { file: inputs[0] ?? '', inputs, values, repeated, own: readOwn(sub, own) },
        io,
      )
    })
  }
  if (words.length === 0) {
    io.tell(program.helpInformation().trimEnd())
    return 2
  }
  const [first, topic] = words
  if (first === 'help' && topic !== undefined && !COMMANDS.some(({ name }) => name === topic)) {
    const names = COMMANDS.map(({ name }) => name)
    const what = `has no command ${quote(topic)}; expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
    throw new LosslineError('cli/command', what, { where: 'help' })
  }
  await program.parseAsync(words, { from: 'user' })
  return exitCode
}

/** What stands for itself where all is said by options: files that a shell made of a pattern, a text without its quotes. */
function refuseWords(command: string, words: readonly string[]): void {
  const [word] = words
  if (word === undefined) return
  const what = `is given without an option, and ${command} takes none such`
  const fix = 'Put an option in front of each value; quote a pattern, and what has spaces in it.'
  throw new LosslineError('cli/argument', what, { where: quote(word), fix })
}

function makeProgram(io: Io): CommanderCommand {
  const program = new CommanderCommand('lossline')
  program
    .description(
      'Shows, for any chat template and tokenizer, on which tokens a fine-tune computes its loss, and why.',
    )
    .version(readVersion())
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: text => void io.write(text),
      outputError: text => io.tell(toOneLine(text)),
    })
    .addHelpText('before', 'Example: lossline show chats.jsonl --tokenizer ./Qwen3-0.6B\n')
    .addHelpText('after', '\nlossline help COMMAND tells the options of one.')
  return program
}

async function addCommand(
  program: CommanderCommand,
  command: Command,
  words: readonly string[],
  ownOptions: readonly OwnOption[],
): Promise<CommanderCommand> {
  const sub = program
    .command(command.name)
    .description(command.summary)
    .allowExcessArguments(command.takes === 'nothing')
  sub.configureHelp({ padWidth: toTermWidth, formatItem: formatHelpItem, optionDescription: toDescription })
  if (command.takes === 'file') sub.argument('<FILE>', `${FILE_KINDS}; - is standard input`)
  if (command.takes === 'file?') sub.argument('[FILE]', `${FILE_KINDS}; - is standard input`)
  if (command.takes === 'rule?')
    sub.argument('[RULE]', 'a rule of lossline check; without it, the list of all')
  if (command.takes === 'template?')
    sub.argument('[TEMPLATE]', 'a file with a chat template; without it, the model folder’s own')
  if (command.takes === 'inputs')
    sub.argument(
      '<INPUT...>',
      `${FILE_KINDS}; folders, globs, -; path=FILE,weight=2 or path=FILE,samples=1000`,
    )
  for (const name of command.options) sub.addOption(toOptionOf(command, name))
  for (const option of ownOptions) sub.addOption(toOwnCommanderOption(option))
  sub.addOption(toCommanderOption('debug').hideHelp())
  sub.addHelpText('before', `${command.examples.map(example => `Example: ${example}`).join('\n')}\n`)
  const asksHelp = words.some(word => word === '--help' || word === '-h' || word === 'help')
  if (asksHelp && words.includes(command.name) && command.details !== undefined) {
    sub.addHelpText('after', `\n${await command.details(command.options)}`)
  }
  return sub
}

/** What may be given several times is kept as a list. */
function toOptionOf(command: Command, name: OptionName): CommanderOption {
  const option = toCommanderOption(name)
  if (command.repeated?.includes(name) !== true) return option
  const parse = option.parseArg as (text: string) => unknown
  option.description += '; may be repeated'
  return option.argParser((text, before?: readonly unknown[]) => [...(before ?? []), parse(text)])
}

const TERM_COLUMNS = 34

function toTermWidth(command: CommanderCommand, help: CommanderHelp): number {
  return Math.min(TERM_COLUMNS, CommanderHelp.prototype.padWidth(command, help))
}

/** A longer name has its description on the next line. */
function formatHelpItem(
  this: CommanderHelp,
  term: string,
  columns: number,
  description: string,
  help: CommanderHelp,
): string {
  const format = (name: string): string =>
    CommanderHelp.prototype.formatItem.call(this, name, columns, description, help)
  return term.length <= columns || description === '' ? format(term) : `  ${term}\n${format('')}`
}

/** Without Commander's words on values that stand for none. */
function toDescription({ description }: CommanderOption): string {
  return description
}

const FILE_KINDS = 'JSON lines, JSON, CSV, Parquet or Arrow, plain, gzip or zstd'

function toCommanderOption(name: OptionName): CommanderOption {
  const { value, help, default: fallback, parse, repeats } = OPTIONS[name]
  const names = OPTIONS[name].flag ?? toFlag(name)
  const flags = value === undefined ? names : `${names} <${value}>`
  const option = new CommanderOption(flags, fallback === undefined ? help : `${help} (default: ${fallback})`)
  // A switch is true by being there; Commander would hand its parser an undefined.
  if (value === undefined) return option
  return option.argParser((text, before) => {
    if (before !== undefined && repeats !== true) throw givenTwice(toFlag(name))
    try {
      // What this very option was given before.
      return parse(text, before as never)
    } catch (error) {
      throw error instanceof LosslineError ? error.at(toFlag(name)) : error
    }
  })
}

function givenTwice(flag: string): LosslineError {
  return new LosslineError('cli/option', 'is given twice', { where: flag, fix: 'Give it once.' })
}

function toOwnCommanderOption({ name, value, help, parse, ...more }: OwnOption): CommanderOption {
  const flag = toOwnFlag(name)
  // `--packing` is `--packing true`; transformers' parser has it so too.
  const flags =
    value === undefined ? `${flag} [true|false]` : more.isHidden ? `${flag} [${value}]` : `${flag} <${value}>`
  return new CommanderOption(flags, help)
    .hideHelp(more.isHidden === true)
    .preset('true')
    .argParser((text, before: Given | undefined): Given => {
      if (before !== undefined && more.repeats !== true) throw givenTwice(flag)
      try {
        return { value: parse(text, before?.value) }
      } catch (error) {
        throw error instanceof LosslineError ? error.at(flag) : error
      }
    })
}

/** A value in a box: Commander takes an undefined, which `none` is, for an option that was given nothing. */
interface Given {
  readonly value: unknown
}

function toOwnFlag(name: string): string {
  return `--${name.replaceAll('_', '-')}`
}

function readOwn(sub: CommanderCommand, ownOptions: readonly OwnOption[]): Record<string, unknown> {
  const given: Record<string, Given> = sub.opts()
  const own: Record<string, unknown> = {}
  for (const option of ownOptions) {
    const attribute = toOwnCommanderOption(option).attributeName()
    if (attribute in given) own[option.name] = given[attribute]!.value
  }
  return own
}

function readValues(sub: CommanderCommand, command: Command): Values {
  const given: Record<string, unknown> = sub.opts()
  const values: Record<string, unknown> = {}
  for (const name of [...command.options, 'debug' as const]) {
    const option = toCommanderOption(name)
    const value = given[option.attributeName()]
    // `--no-cache` is kept by Commander as `cache: false`, which is true where the flag wasn't given.
    if (option.negate) values[name] = value === false
    else if (value !== undefined) values[name] = command.repeated?.includes(name) ? [value].flat()[0] : value
  }
  return values as Values
}

function readRepeated(sub: CommanderCommand, { repeated = [] }: Command): CommandInput['repeated'] {
  const given: Record<string, readonly unknown[] | undefined> = sub.opts()
  return Object.fromEntries(
    repeated.map(name => [name, given[toCommanderOption(name).attributeName()] ?? []]),
  )
}

const FLAGS: readonly string[] = (Object.keys(OPTIONS) as OptionName[]).map(toFlag)

/** `--max_length` is `--max-length`; anything that is no flag of ours stays as it is. */
function toKebabCase(word: string, flags: ReadonlySet<string>): string {
  const parts = /^(--[a-z0-9_-]+)(=.*)?$/s.exec(word)
  const flag = parts?.[1]?.replaceAll('_', '-')
  return flag !== undefined && flags.has(flag) ? flag + (parts?.[2] ?? '') : word
}

/** `--no_packing` is `--packing=false`, as transformers' parser has it for what is true by default. */
function toSwitch(word: string, ownOptions: readonly OwnOption[]): string {
  const name = /^--no[-_]([a-z0-9_-]+)$/.exec(word)?.[1]?.replaceAll('-', '_')
  const isSwitch = ownOptions.some(option => option.name === name && option.value === undefined)
  return isSwitch ? `${toOwnFlag(name!)}=false` : word
}

/** `--lora-target-modules q_proj v_proj` is `--lora-target-modules q_proj,v_proj`: transformers' parser takes all words up to the next flag. */
function joinLists(words: readonly string[], ownOptions: readonly OwnOption[]): readonly string[] {
  const lists = new Set(ownOptions.filter(({ isList }) => isList).map(({ name }) => toOwnFlag(name)))
  const joined: string[] = []
  for (const word of words) {
    const [flag = '', value] = joined.slice(-2)
    const isNext = value !== undefined && lists.has(flag) && !word.startsWith('-')
    if (isNext && !value.startsWith('-')) joined.push(`${joined.pop()!.replace(/,$/, '')},${word}`)
    else joined.push(word)
  }
  return joined
}

/** Commander's `error: unknown option '--maks'\n(Did you mean --mask?)` in the form of our own errors. */
function toOneLine(text: string): string {
  const [what = '', hint] = text.trim().split('\n')
  const words = what.replace(/^error: /, '')
  return `lossline: ${words}.${hint === undefined ? '' : ` ${hint.replace(/^\(|\)$/g, '')}`}`.replace(
    '..',
    '.',
  )
}
