import type { ToolName } from '../compare/index.ts'
import type { FormatName } from '../conversation/index.ts'
import type { Json } from '../json/index.ts'
import type { MaskedOutSource } from '../mask/index.ts'
import { type OptionTable, toSwitch } from './option.ts'
import type { RowRange } from './option-values.ts'
import * as parse from './option-values.ts'

export interface RowOptionValues {
  readonly tokenizer: string
  readonly chat_template: string
  readonly chat_template_kwargs: Readonly<Record<string, Json>>
  readonly now: Date
  readonly row: number
  readonly rows: RowRange
  readonly format: FormatName
  readonly column_map: Readonly<Record<string, string>>
  readonly role_map: Readonly<Record<string, string>>
  readonly mask: string
  readonly compare: readonly [string, string]
  readonly with: ToolName
  readonly roles: readonly string[]
  readonly turns: 'all' | 'last'
  readonly train_on_eot: 'turn' | 'last' | 'none'
  readonly mask_sources: readonly MaskedOutSource[]
  readonly unroll: 'auto' | 'always' | 'never'
  readonly response_template: string | readonly number[]
  readonly instruction_template: string | readonly number[]
  readonly add_generation_prompt: boolean
  readonly continue_final_message: boolean
  readonly trace: boolean
  readonly no_special_tokens: boolean
}

/** Options of rows: which model, template and mask, and which rows are shown of a file. */
export const ROW_OPTIONS: OptionTable<RowOptionValues> = {
  tokenizer: {
    value: 'FOLDER',
    help: 'model folder, its tokenizer.json, or a model of the Hub (org/name)',
    parse: parse.text,
  },
  chat_template: {
    value: 'FILE',
    help: 'chat template to use instead of the model folder’s',
    parse: parse.text,
  },
  chat_template_kwargs: {
    value: 'JSON',
    help: 'variables of the template, such as {"enable_thinking": false}; a row’s own win',
    parse: parse.kwargs,
  },
  now: {
    value: 'ISO',
    help: 'what strftime_now sees, such as 2026-01-15T09:30:00',
    default: 'the time of the run',
    parse: parse.date,
  },
  row: { value: 'N', help: 'only this row, counted from 0', parse: parse.rowNumber },
  rows: { value: 'A:B', help: 'rows A to B-1; A: and :B are fine', parse: parse.rowRange },
  format: {
    value: 'NAME',
    help: 'format of the rows: messages, from-value, prompt-completion, alpaca or text',
    default: 'told by their columns',
    parse: parse.rowFormat,
  },
  column_map: {
    value: 'A=B,…',
    help: 'columns of other names: the rows’ name = ours (dialog=messages,dialog.speaker=role)',
    parse: parse.columnMap,
  },
  role_map: {
    value: 'A=B,…',
    help: 'further roles: the rows’ word = the template’s (bot=assistant)',
    parse: parse.roleMap,
  },
  mask: { value: 'STRATEGY', help: 'which tokens are trained; see below', parse: parse.text },
  compare: { value: 'A,B', help: 'two strategies side by side, the differences marked', parse: parse.pair },
  with: {
    value: 'TOOL',
    help: 'the tool whose rule is compared; see below',
    parse: parse.oneOf(
      'trl-completion-only',
      'trl-assistant-only',
      'trl-prompt-completion',
      'unsloth',
      'axolotl',
      'llamafactory',
      'transformers',
    ),
  },
  roles: {
    value: 'A,B',
    help: 'roles whose messages are trained',
    default: 'assistant',
    parse: parse.list,
  },
  turns: {
    value: 'all|last',
    help: 'train every answer, or the last one only',
    default: 'all',
    parse: parse.oneOf('all', 'last'),
  },
  train_on_eot: {
    value: 'turn|last|none',
    help: 'train the end of each chosen turn, of the last, or of none',
    default: 'turn',
    parse: parse.oneOf('turn', 'last', 'none'),
  },
  mask_sources: {
    value: 'A,B',
    help: 'parts of an answer that are not trained: content, reasoning, tool_calls',
    parse: parse.listOf('content', 'reasoning', 'tool_calls'),
  },
  unroll: {
    value: 'auto|always|never',
    help: 'one example for each answer, rendered as at inference; auto: where the template rewrites history',
    default: 'auto',
    parse: parse.oneOf('auto', 'always', 'never'),
  },
  response_template: {
    value: 'TEXT|[IDS]',
    help: 'what stands before an answer, for the strategies that search for it; \\n is a newline',
    parse: parse.marker,
  },
  instruction_template: {
    value: 'TEXT|[IDS]',
    help: 'what stands before a question, for the same strategies',
    parse: parse.marker,
  },
  add_generation_prompt: toSwitch('end with what prompts the model to answer'),
  continue_final_message: toSwitch('leave the last message open, for the model to go on with'),
  trace: toSwitch('show where each piece of the text came from'),
  no_special_tokens: toSwitch('leave out what the tokenizer adds (BOS, EOS)'),
}
