import type { RowOptions } from '../conversation/index.ts'
import type { InputFormat, ShardFormat } from '../dataset/index.ts'
import type { Json } from '../json/index.ts'
import type { MaskOptions } from '../mask/index.ts'
import type { NamedTemplate } from '../model-folder/index.ts'
import type { PackingStrategyName } from '../pack/index.ts'
import type { Progress } from './progress.ts'
import type { TruncationName } from './truncations.ts'

/** One input of a preparation: files, and how many of their rows are taken. */
export interface InputSpec {
  /** A file, a folder, a glob, or `-` for standard input. */
  readonly path: string
  /** How often each row is taken: 2 is twice, 0.5 is a seeded half. Default 1. */
  readonly weight?: number
  /** Exactly so many rows, drawn with the seed; more than there are: in whole passes first. Instead of `weight`. */
  readonly samples?: number
}

/** How rows become token rows; the same for every way of preparing them. */
export interface RowsOptions {
  /** A model folder or its tokenizer.json. */
  readonly model: string
  /** Used instead of the folder's own template. */
  readonly chatTemplate?: NamedTemplate
  readonly chatTemplateKwargs?: Readonly<Record<string, Json>>
  /** What `strftime_now` sees in every row. Default: the moment at which the preparation starts. */
  readonly now?: Date
  /** The file format of the inputs, where their content doesn't tell it. */
  readonly fileFormat?: InputFormat
  /** How rows are read: their format, further roles and columns. */
  readonly rows?: RowOptions
  readonly mask?: MaskOptions
  /** Tokens that an example may have; undefined: any number. Default 1024, as in TRL. */
  readonly maxLength?: number | undefined
  /** What becomes of a longer example. Default `keep-start`, as in TRL. Not with packing that splits (`bfd_split`, `wrapped`). */
  readonly truncation?: TruncationName
  /** Packs examples into rows of at most `maxLength` tokens, as TRL's `packing_strategy`. Default: no packing. */
  readonly packing?: PackingStrategyName
  /** Adds a column of positions; packs have `seq_lengths`, from which trainers make them. Default false. */
  readonly positionIds?: boolean
  /** Adds a column of ones, by which Axolotl knows rows that are tokenised. Default false. */
  readonly attentionMask?: boolean
  /** Puts the examples into a seeded random order. Default false. */
  readonly shuffleDataset?: boolean
  /** Default 42, as in transformers. */
  readonly seed?: number
  /** Threads that work, in `prepare` the calling one among them; the result is the same with any number. Default: one for each core, fewer for small inputs. */
  readonly workers?: number
  /** Rules of the linter whose errors don't stop the work. Default: none. */
  readonly allowFindings?: readonly string[]
  /** Of a training that leaves the head as it is: ids whose rows in it say nothing yet, each with what is seen of that. */
  readonly frozenNewTokens?: ReadonlyMap<number, string>
  /** Keep the tokenizer's built tables in the user's cache folder. Default true. */
  readonly cache?: boolean
  /** Stops the work; what is finished stays. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Told in a sentence what was found or assumed. */
  readonly notice?: (text: string) => void
}

export interface PrepareOptions extends RowsOptions {
  readonly inputs: readonly InputSpec[]
  /** The folder that is written. */
  readonly output: string
  /** Default `arrow`. */
  readonly format?: ShardFormat['name']
  /** Bytes of a shard, about: it ends with the rows that reach it. Default 64 MiB. Packs are formed within a shard. */
  readonly shardBytes?: number
  /** Of a folder that exists: refuse it (the default), go on where an interrupted run of the same options stopped, or write it anew. */
  readonly existing?: 'refuse' | 'resume' | 'overwrite'
}

export const DEFAULT_MAX_LENGTH = 1024
export const DEFAULT_SEED = 42
export const DEFAULT_SHARD_BYTES: number = 64 * 2 ** 20
