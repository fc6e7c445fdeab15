import { LosslineError } from '../error.ts'
import { IGNORE_INDEX, labelAfterResponseTemplate, type ResponseTemplateLabels } from '../mask/index.ts'
import type { Tokenizer } from '../tokenizer/index.ts'
import type { Batch, CollateExample, CollateWarning, OnWarning } from './batch.ts'
import { findBoundaries, maskFirstTokens } from './flatten.ts'
import { type LanguageModelingOptions, maskPadIds, type PaddedBatch, padBatch } from './language-modeling.ts'
import { checkMultiple, checkNotEmpty } from './pad.ts'

export interface CompletionOnlyOptions extends LanguageModelingOptions {
  /** What stands before an answer. Text is encoded once, alone, which need not give the ids that it has in a row; ids are taken as given. */
  readonly responseTemplate: string | readonly number[]
  /** What stands before a question. Without it only the last answer of a row is trained. */
  readonly instructionTemplate?: string | readonly number[] | undefined
  /** Encodes templates that are text, and decodes rows for warnings. */
  readonly tokenizer?: Pick<Tokenizer, 'encode' | 'decode'> | undefined
  /** Only to warn when it is the pad id. */
  readonly eosTokenId?: number | undefined
  /** Default -100. Padding, and pad ids that the rule leaves alone, are -100 all the same. */
  readonly ignoreIndex?: number
  /** Lays the examples end to end in one row. */
  readonly paddingFree?: boolean
  /** Gets each warning as it comes up; `warnings` of the collator and of a batch have them too. */
  readonly onWarning?: OnWarning | undefined
}

/**
 * TRL's `DataCollatorForCompletionOnlyLM`, which left TRL in 0.20, number for number: its labels are everything after the last
 * `responseTemplate` of a row, or, with an `instructionTemplate`, all answers through to the next question. A row where a template isn't
 * found is not trained at all, and every label that is the pad id goes, as in {@link DataCollatorForLanguageModeling}.
 */
export class DataCollatorForCompletionOnlyLM {
  readonly options: CompletionOnlyOptions
  readonly responseTokenIds: readonly number[]
  readonly instructionTokenIds: readonly number[] | undefined
  /** About the options. */
  readonly warnings: readonly CollateWarning[]

  /** @throws LosslineError `collate/empty-template`, `collate/no-tokenizer`, `collate/pad-to-multiple-of` */
  constructor(options: CompletionOnlyOptions) {
    checkMultiple(options.padToMultipleOf)
    this.options = options
    this.responseTokenIds = toIds(options.responseTemplate, 'response_template', options.tokenizer)
    const { instructionTemplate, padTokenId, eosTokenId } = options
    this.instructionTokenIds =
      instructionTemplate === undefined
        ? undefined
        : toIds(instructionTemplate, 'instruction_template', options.tokenizer)
    const isPadEos =
      instructionTemplate !== undefined && padTokenId !== undefined && padTokenId === eosTokenId
    this.warnings = isPadEos ? [padIsEos(padTokenId)] : []
    for (const warning of this.warnings) options.onWarning?.(warning)
  }

  /** @throws LosslineError `collate/empty-batch`, `collate/no-pad-token`, `collate/lengths-differ` */
  collate(examples: readonly CollateExample[]): Batch {
    checkNotEmpty(examples)
    const { padTokenId, paddingFree = false, ignoreIndex = IGNORE_INDEX, onWarning } = this.options
    const masked = examples.map(({ inputIds }) => maskPadIds(inputIds, padTokenId))
    // What pads rows that are laid end to end again is of no account.
    const padded = padBatch(examples, masked, paddingFree ? { padTokenId: padTokenId ?? 0 } : this.options)
    const length = padded.shape[1]
    const warnings = examples.flatMap(({ inputIds }, row) => {
      const missing = this.#label(padded.labels.subarray(row * length, (row + 1) * length))
      return missing.map(which => this.#notFound(which, inputIds, row))
    })
    for (const warning of warnings) onWarning?.(warning)
    return { ...(paddingFree ? flatten(padded, ignoreIndex) : padded), warnings }
  }

  /** Applies the rule to a row of a batch, padding included: with another ignore index than -100 that shows. */
  #label(labels: Int32Array): ResponseTemplateLabels['missing'] {
    const { ignoreIndex = IGNORE_INDEX } = this.options
    const { kept, missing } = labelAfterResponseTemplate(
      labels,
      this.responseTokenIds,
      this.instructionTokenIds,
    )
    for (let t = 0; t < labels.length; t++) if (kept[t] === 0) labels[t] = ignoreIndex
    return missing
  }

  #notFound(which: 'response' | 'instruction', inputIds: ArrayLike<number>, row: number): CollateWarning {
    const { responseTemplate, instructionTemplate, tokenizer } = this.options
    const template = which === 'response' ? responseTemplate : instructionTemplate
    const shown =
      tokenizer === undefined ? `ids ${Array.from(inputIds).join(' ')}` : tokenizer.decode(inputIds)
    return {
      rule: 'marker-not-in-text',
      severity: 'warn',
      row,
      text:
        `${which}_template ${JSON.stringify(template)} was not found in this row, which is not trained: ${JSON.stringify(shown)}. ` +
        `Give the ids that the template has inside a row, or a larger max_length if it was cut off.`,
    }
  }
}

function toIds(
  template: string | readonly number[],
  option: string,
  tokenizer: Pick<Tokenizer, 'encode'> | undefined,
): readonly number[] {
  const ids = typeof template === 'string' ? encode(template, option, tokenizer) : template
  if (ids.length > 0) return ids
  throw new LosslineError('collate/empty-template', `{${option}} has no tokens.`, {
    fix: 'Give text, or ids, that stand in every row.',
  })
}

function encode(
  template: string,
  option: string,
  tokenizer: Pick<Tokenizer, 'encode'> | undefined,
): number[] {
  if (tokenizer !== undefined) return Array.from(tokenizer.encode(template, { addSpecialTokens: false }).ids)
  throw new LosslineError('collate/no-tokenizer', `{${option}} is text and there is no tokenizer.`, {
    fix: 'Give {tokenizer}, or the ids of the template.',
  })
}

function padIsEos(padTokenId: number | undefined): CollateWarning {
  return {
    rule: 'pad-is-stop',
    severity: 'warn',
    row: undefined,
    text:
      `The pad id is the EOS id (${padTokenId}): every EOS is masked with the padding, and a model trained on several turns ` +
      'may go on to write questions and answers without end. Give another pad_token_id.',
  }
}

/** All rows in one, without their padding. */
function flatten(
  { inputIds, labels, attentionMask, shape: [, length] }: PaddedBatch,
  ignoreIndex: number,
): Omit<Batch, 'warnings'> {
  const isToken = (_: number, t: number) => attentionMask[t] !== 0
  const flatIds = inputIds.filter(isToken)
  const flatLabels = labels.filter(isToken)
  const positionIds = countTokens(attentionMask, length).filter(isToken)
  maskFirstTokens(flatLabels, positionIds, ignoreIndex)
  return {
    shape: [1, flatIds.length],
    inputIds: flatIds,
    labels: flatLabels,
    positionIds,
    ...findBoundaries(positionIds),
  }
}

/** The position of each token among the tokens of its row. */
function countTokens(attentionMask: Int32Array, length: number): Int32Array {
  let tokens = 0
  return attentionMask.map((mask, t) => {
    if (t % length === 0) tokens = 0
    if (mask !== 0) tokens++
    return tokens - 1
  })
}
