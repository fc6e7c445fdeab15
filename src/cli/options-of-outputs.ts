import type { ShardFormat } from '../dataset/index.ts'
import type { PackingStrategyName } from '../pack/index.ts'
import type { TruncationName } from '../prepare/index.ts'
import { type OptionTable, toSwitch } from './option.ts'
import type { InputFormatNames } from './option-values.ts'
import * as parse from './option-values.ts'

export interface OutputOptionValues {
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
}

/** Options of what is read and written: files, lengths, packs, shards, and how the work is done. */
export const OUTPUT_OPTIONS: OptionTable<OutputOptionValues> = {
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
    default: 'one for each core, fewer for small files',
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
}
