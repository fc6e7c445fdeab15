import type { Tool } from '../compare/index.ts'
import type { Example, FormatName } from '../conversation/index.ts'
import { writeJson } from '../json/index.ts'
import { type MaskOptions, STRATEGIES } from '../mask/index.ts'
import type { CommandInput } from './command.ts'
import { toFlag, type Values } from './options.ts'
import { toShellWord } from './shell-word.ts'

/** What was compared, by which tool. */
export interface ComparedRows {
  readonly tool: Tool
  readonly options: MaskOptions
  readonly kinds: ReadonlySet<Example['kind']>
  readonly formats: ReadonlySet<FormatName>
}

/** The options that a row is read and rendered by, as their flags take them. */
const GIVEN: { readonly [Name in keyof Values]?: (values: Values) => string | undefined } = {
  tokenizer: ({ tokenizer }) => tokenizer,
  chat_template: ({ chat_template }) => chat_template,
  chat_template_kwargs: ({ chat_template_kwargs: kwargs }) => kwargs && writeJson(kwargs),
  input_format: ({ input_format: { file, rows } = {} }) =>
    [file, rows].filter(name => name !== undefined).join(','),
  format: ({ format }) => format,
  column_map: ({ column_map }) => toPairs(column_map),
  role_map: ({ role_map }) => toPairs(role_map),
  now: ({ now }) => now?.toISOString(),
}

/**
 * The command that shows both masks of these rows, to be copied as it stands; undefined where no two strategies can be shown of all of
 * them, or they came by standard input.
 */
export function toNextCommand(
  { file, values }: Pick<CommandInput, 'file' | 'values'>,
  compared: ComparedRows,
): string | undefined {
  const exact = toExact(compared)
  if (exact === undefined || file === '-') return undefined
  const { strategy } = compared.tool
  const { responseTemplate, instructionTemplate } = compared.options
  const words = ['lossline', 'show', file]
  for (const name of Object.keys(GIVEN) as (keyof typeof GIVEN)[]) {
    const text = values[name] === undefined ? undefined : GIVEN[name]!(values)
    if (text !== undefined) words.push(toFlag(name), text)
  }
  words.push('--compare', `${strategy},${exact}`)
  if (responseTemplate !== undefined) words.push('--response-template', toMarkerText(responseTemplate))
  if (instructionTemplate !== undefined)
    words.push('--instruction-template', toMarkerText(instructionTemplate))
  return words.map(toShellWord).join(' ')
}

/** The strategy that is exact for rows of one kind, where the tool's own takes these. */
function toExact({ tool, kinds, formats }: ComparedRows): 'assistant' | 'completion' | undefined {
  const [kind, ...others] = kinds
  if (kind === undefined || kind === 'text' || others.length > 0) return undefined
  const { rows } = STRATEGIES[tool.strategy]
  if (kind === 'prompt-completion') return rows === 'conversations' ? undefined : 'completion'
  // A whole conversation has no prompt that could be told from the rest.
  const hasPrompts = [...formats].every(format => format === 'prompt-completion')
  return rows === 'prompt-completion' && !hasPrompts ? undefined : 'assistant'
}

/** Line breaks are written as a flag reads them. */
function toMarkerText(marker: string | readonly number[]): string {
  const text = typeof marker === 'string' ? marker : JSON.stringify(marker)
  return text.replace(/[\n\r\t]/g, char => JSON.stringify(char).slice(1, -1))
}

function toPairs(renames: Readonly<Record<string, string>> | undefined): string | undefined {
  return (
    renames &&
    Object.entries(renames)
      .map(([from, to]) => `${from}=${to}`)
      .join(',')
  )
}
