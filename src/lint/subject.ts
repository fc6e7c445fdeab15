import type { Example, FormatName, Message } from '../conversation/index.ts'
import type { Json } from '../json/index.ts'
import {
  type MaskContext,
  type Masked,
  type MaskOptions,
  maskExample,
  type StrategyName,
} from '../mask/index.ts'

/** What is known beside rows, template and tokenizer; undefined: not given. */
export interface Facts {
  /** Rows come from Arrow or Parquet. */
  readonly isColumnar: boolean
  /** `vocab_size` of config.json. */
  readonly vocabSize: number | undefined
  /** The model folder's own template, where another one is used. */
  readonly ownTemplate: string | undefined
  /** Of a training that leaves the head as it is: ids whose rows in it say nothing yet, each with what is seen of that; undefined: no such training. */
  readonly frozenNewTokens: ReadonlyMap<number, string> | undefined
  /** Rows of a batch of an evaluation; undefined: no evaluation. */
  readonly evalBatchSize: number | undefined
}

export const NO_FACTS: Facts = {
  isColumnar: false,
  vocabSize: undefined,
  ownTemplate: undefined,
  frozenNewTokens: undefined,
  evalBatchSize: undefined,
}

/** Tokens of an example that stay together when it is cut. */
export interface CutPiece {
  readonly startToken: number
  readonly endToken: number
}

export interface RowParts {
  /** `chats.jsonl:812` */
  readonly where: string
  /** As the file has it. */
  readonly row: Json
  readonly example: Example
  readonly format: FormatName
  readonly masks: readonly Masked[]
  /** For each mask what is left of it when it is cut; undefined where no length was given. */
  readonly cuts: readonly (readonly CutPiece[])[] | undefined
  readonly context: MaskContext
  readonly options: MaskOptions
  readonly strategy: StrategyName
  readonly facts: Facts
}

/** One row on its way through the rules. */
export class RowSubject implements RowParts {
  readonly where: string
  readonly row: Json
  readonly example: Example
  readonly format: FormatName
  readonly masks: readonly Masked[]
  readonly cuts: readonly (readonly CutPiece[])[] | undefined
  readonly context: MaskContext
  readonly options: MaskOptions
  readonly strategy: StrategyName
  readonly facts: Facts
  #exact: Masked | undefined

  constructor(parts: RowParts) {
    this.where = parts.where
    this.row = parts.row
    this.example = parts.example
    this.format = parts.format
    this.masks = parts.masks
    this.cuts = parts.cuts
    this.context = parts.context
    this.options = parts.options
    this.strategy = parts.strategy
    this.facts = parts.facts
  }

  /** Empty for rows without messages. */
  get messages(): readonly Message[] {
    return this.example.kind === 'conversation' ? this.example.messages : []
  }

  /** Roles whose messages are to be trained. */
  get roles(): readonly string[] {
    return this.options.roles ?? ['assistant']
  }

  /** What the model has to write, in one rendering, whatever strategy was chosen. Undefined for rows without messages. */
  get exact(): Masked | undefined {
    if (this.example.kind !== 'conversation') return undefined
    this.#exact ??= this.#isExact()
      ? this.masks[0]
      : maskExample(this.example, this.context, { strategy: 'assistant', unroll: 'never' })[0]
    return this.#exact
  }

  /** Whether the chosen mask is that one: of a row of 50 MB another takes half a gigabyte. */
  #isExact(): boolean {
    const { strategy: _, unroll: __, ...others } = this.options
    const isPlain = Object.values(others).every(value => value === undefined)
    return (
      isPlain && this.strategy === 'assistant' && this.masks.length === 1 && this.masks[0]!.turn === undefined
    )
  }
}

/** What is looked at once for all rows. */
export interface ModelSubject {
  readonly context: MaskContext
  readonly options: MaskOptions
  readonly facts: Facts
}

/** A row of a prepared dataset. All arrays have one entry for each token, but for `seqLengths`. */
export interface PreparedSubject {
  readonly inputIds: Int32Array
  readonly labels: Int32Array
  readonly lossWeights: Float32Array | undefined
  readonly positionIds: Int32Array | undefined
  readonly seqLengths: Int32Array | undefined
}

/** What a prepared folder says of itself. */
export interface PreparedFacts {
  /** How it was packed; undefined: not, or not known. */
  readonly packing: string | undefined
  readonly columns: readonly string[]
  /** What has changed since it was prepared, each in words. */
  readonly changed: readonly string[]
}
