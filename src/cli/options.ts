import type { ToolName } from '../compare/index.ts'
import type { FormatName } from '../conversation/index.ts'
import type { ShardFormat } from '../dataset/index.ts'
import type { Json } from '../json/index.ts'
import type { MaskedOutSource } from '../mask/index.ts'
import type { PackingStrategyName } from '../pack/index.ts'
import type { TruncationName } from '../prepare/index.ts'
import type { Device } from '../train/runtime/index.ts'
import type { InputFormatNames, RowRange } from './option-values.ts'
import * as parse from './option-values.ts'

/** All options of all commands, by their names in snake_case: TRL's or Axolotl's where they have one. */
export interface OptionValues {
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
  readonly output: string
  readonly output_file: string
  readonly output_template: string
  readonly verify: boolean
  readonly output_format: ShardFormat['name']
  readonly input_format: InputFormatNames
  readonly max_length: number | 'none'
  readonly truncation: TruncationName
  readonly packing: PackingStrategyName
  readonly position_ids: boolean
  readonly attention_mask: boolean
  readonly shuffle_dataset: boolean
  readonly seed: number
  readonly shard_size: number
  readonly workers: number
  readonly resume: boolean
  readonly overwrite: boolean
  readonly allow_rejects: boolean
  readonly allow_findings: readonly string[]
  readonly model: string
  readonly adapter: string
  readonly prompt: string
  readonly compare_adapter: boolean
  readonly max_new_tokens: number
  readonly do_sample: boolean
  readonly temperature: number
  readonly top_k: number
  readonly top_p: number
  readonly repetition_penalty: number
  readonly device: Device
  readonly dataset: readonly string[]
  readonly eval_dataset: readonly string[]
  readonly config: string
  readonly prompts: string
  readonly threads: number
  readonly demo_train: boolean
  readonly rule: Readonly<Record<string, string>>
  readonly lint_config: string
  readonly level: 'info' | 'warn' | 'error'
  readonly report_format: 'text' | 'json' | 'sarif' | 'github'
  readonly max_findings: number
  readonly fix: string
  readonly port: number
  readonly open: boolean
  readonly html: string
  readonly json: boolean
  readonly no_cache: boolean
  readonly debug: boolean
}

export type OptionName = keyof OptionValues

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

const toSwitch = (help: string): Option<boolean> => ({ value: undefined, help, parse: () => true })

export const OPTIONS: { readonly [Name in OptionName]: Option<OptionValues[Name]> } = {
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
  output: {
    flag: '-o, --output',
    value: 'FOLDER',
    help: 'the folder to write',
    parse: parse.text,
  },
  output_file: {
    flag: '-o, --output',
    value: 'FILE',
    help: 'the file to write',
    default: 'FILE.masks',
    parse: parse.text,
  },
  output_template: {
    flag: '-o, --output',
    value: 'FILE',
    help: 'the file to write',
    default: 'standard output',
    parse: parse.text,
  },
  verify: toSwitch('compare with the snapshot that is there, and write nothing; 1 where they differ'),
  output_format: {
    flag: '--format',
    value: 'NAME',
    help: 'arrow (datasets.load_from_disk), parquet or jsonl',
    default: 'arrow',
    parse: parse.outputFormat('arrow', 'parquet', 'jsonl'),
  },
  input_format: {
    value: 'NAME',
    help: 'file format (jsonl, json, csv, tsv, parquet, arrow), row format (messages, from-value, prompt-completion, alpaca, text), or both with a comma',
    default: 'told by their content',
    parse: parse.inputFormat,
  },
  max_length: {
    value: 'TOKENS',
    help: 'longest row; none: no limit',
    default: '1024, as in TRL',
    parse: parse.maxLength,
  },
  truncation: {
    value: 'NAME',
    help: 'what becomes of a longer example: keep-start, keep-end, drop or split-turns',
    default: 'keep-start, as in TRL',
    parse: parse.truncation,
  },
  packing: {
    value: 'NAME',
    help: 'fill rows with several examples, as TRL does: bfd, bfd_split or wrapped',
    default: 'one example a row',
    parse: parse.packing,
  },
  position_ids: toSwitch('add a column of positions; packs have seq_lengths anyway'),
  attention_mask: toSwitch('add a column of ones, by which Axolotl knows tokenised rows'),
  shuffle_dataset: toSwitch('write the examples in a seeded random order'),
  seed: { value: 'N', help: 'for shuffling and sampling', default: '42', parse: parse.rowNumber },
  shard_size: {
    value: 'SIZE',
    help: 'size of an output file, such as 500MB; packs are formed within one',
    default: '64MiB',
    parse: parse.byteLength,
  },
  workers: {
    value: 'N',
    help: 'threads that work; the output is the same with any number',
    default: 'one for each core',
    parse: parse.positive,
  },
  resume: toSwitch('go on where an interrupted run of the same command stopped'),
  overwrite: toSwitch('write over what is there; of folders only what Lossline has written'),
  allow_rejects: toSwitch('exit with 0 although some rows could not be used'),
  allow_findings: {
    value: 'RULE,…',
    help: 'rules of check whose errors don’t stop the work',
    default: 'none: errors stop it',
    parse: parse.list,
  },
  model: {
    value: 'FOLDER',
    help: 'model folder: config.json, safetensors, tokenizer; or a model of the Hub that is in its cache',
    parse: parse.text,
  },
  adapter: { value: 'FOLDER', help: 'adapter in PEFT’s format, laid on the model', parse: parse.text },
  prompt: {
    value: 'TEXT',
    help: 'what is asked: as the only message of a chat, or the beginning of a text',
    parse: parse.text,
  },
  compare_adapter: { ...toSwitch('answer without the adapter too'), flag: '--compare' },
  max_new_tokens: {
    value: 'N',
    help: 'tokens that an answer may have',
    default: 'generation_config.json’s, else 256',
    parse: parse.positive,
  },
  do_sample: toSwitch('draw each token, instead of taking the likeliest'),
  temperature: { value: 'X', help: 'logits are divided by it when sampling', parse: parse.number },
  top_k: { value: 'N', help: 'draw from the N likeliest; 0: from all', parse: parse.count },
  top_p: {
    value: 'X',
    help: 'draw from the likeliest that have this probability together',
    parse: parse.number,
  },
  repetition_penalty: {
    value: 'X',
    help: 'makes what was there already less likely; 1: not',
    parse: parse.number,
  },
  device: {
    value: 'cpu|cuda|webgpu',
    help: 'what computes, as far as onnxruntime-node has it',
    default: 'cpu',
    parse: parse.oneOf('cpu', 'cuda', 'webgpu'),
  },
  dataset: {
    value: 'INPUT',
    help: 'what is trained on: a file, folder or glob of conversations, or a folder of lossline prepare; several are joined',
    repeats: true,
    parse: parse.texts,
  },
  eval_dataset: {
    value: 'INPUT',
    help: 'what is evaluated on, the same way',
    repeats: true,
    parse: parse.texts,
  },
  config: {
    value: 'FILE',
    help: 'options by TRL’s names, as YAML or JSON; flags win',
    parse: parse.text,
  },
  prompts: {
    value: 'FILE',
    help: 'conversations that are answered at each evaluation',
    default: 'the first three that are evaluated on',
    parse: parse.text,
  },
  threads: {
    value: 'N',
    help: 'threads that compute',
    default: 'as ONNX Runtime thinks',
    parse: parse.positive,
  },
  demo_train: { ...toSwitch('train a small model with both masks, for about a minute'), flag: '--train' },
  rule: {
    value: 'NAME=LEVEL,…',
    help: 'what findings of a rule count as: off, info, warn or error',
    parse: parse.ruleLevels,
  },
  lint_config: {
    value: 'FILE',
    help: 'rules and their levels, as JSON or YAML',
    default: '.losslinerc.json, .losslinerc.yaml or .losslinerc, here or above',
    parse: parse.text,
  },
  level: {
    value: 'info|warn|error',
    help: 'the least that is shown',
    default: 'warn',
    parse: parse.oneOf('info', 'warn', 'error'),
  },
  report_format: {
    flag: '--format',
    value: 'NAME',
    help: 'text, json, sarif (code scanning) or github (annotations of a workflow)',
    default: 'text',
    parse: parse.outputFormat('text', 'json', 'sarif', 'github'),
  },
  max_findings: {
    value: 'N',
    help: 'rules that are shown, worst first',
    default: 'all',
    parse: parse.positive,
  },
  fix: {
    value: 'OUT',
    help: 'mends what can be mended without guessing into a new file, and shows the difference; what remains is checked',
    parse: parse.text,
  },
  port: {
    value: 'N',
    help: 'port of the page, on this machine alone',
    default: '8348, or another that is free',
    parse: parse.count,
  },
  open: toSwitch('open the page in the browser'),
  html: {
    value: 'FILE',
    help: 'write a page of these rows, one file that needs nothing else, to send to others',
    parse: parse.text,
  },
  json: toSwitch('one JSON object a line'),
  no_cache: toSwitch('build the tokenizer’s tables anew and keep no copy of them'),
  debug: toSwitch('show the stack of an unexpected error'),
}

/** `--chat-template` */
export function toFlag(name: OptionName): string {
  return OPTIONS[name].flag?.split(', ').at(-1) ?? `--${name.replaceAll('_', '-')}`
}

/** The value of an option that a command can't do without. */
export type Values = Partial<OptionValues>
