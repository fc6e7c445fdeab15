import { LosslineError } from '../error.ts'
import { IGNORE_INDEX } from '../mask/index.ts'
import type { Batch, CollateExample } from './batch.ts'
import { checkMultiple, checkNotEmpty, findLength, padRows } from './pad.ts'

export interface LanguageModelingOptions {
  /** The tokenizer's pad id. Without one, examples have to be of one length, and no label is masked. */
  readonly padTokenId?: number | undefined
  readonly padToMultipleOf?: number | undefined
  /** The tokenizer's `padding_side`. Default `right`. */
  readonly paddingSide?: 'right' | 'left'
}

/**
 * transformers' `DataCollatorForLanguageModeling(tokenizer, mlm=False)`: pads with the pad id, and masks EVERY pad id in the labels, those
 * that are no padding too. So where the pad token is the EOS token, no EOS is trained.
 *
 * For batches without that trap see `sftTrainer.DataCollatorForLanguageModeling`, which is TRL's class of the same name.
 */
export class DataCollatorForLanguageModeling {
  readonly options: LanguageModelingOptions

  /** @throws LosslineError `collate/pad-to-multiple-of` */
  constructor(options: LanguageModelingOptions = {}) {
    checkMultiple(options.padToMultipleOf)
    this.options = options
  }

  /** @throws LosslineError `collate/empty-batch`, `collate/no-pad-token`, `collate/lengths-differ` */
  collate(examples: readonly CollateExample[]): Batch {
    checkNotEmpty(examples)
    const labels = examples.map(({ inputIds }) => maskPadIds(inputIds, this.options.padTokenId))
    return { ...padBatch(examples, labels, this.options), warnings: [] }
  }
}

/** The labels of one example: its ids, with -100 in place of the pad id wherever that stands. */
export function maskPadIds(inputIds: ArrayLike<number>, padTokenId: number | undefined): Int32Array {
  const labels = Int32Array.from(inputIds)
  for (let t = 0; t < labels.length; t++) if (labels[t] === padTokenId) labels[t] = IGNORE_INDEX
  return labels
}

export type PaddedBatch = Pick<Batch, 'shape' | 'inputIds' | 'labels'> & {
  readonly attentionMask: Int32Array
}

/** Examples and their labels as matrices. */
export function padBatch(
  examples: readonly CollateExample[],
  labels: readonly Int32Array[],
  { padTokenId, padToMultipleOf, paddingSide = 'right' }: LanguageModelingOptions,
): PaddedBatch {
  const rows = examples.map(example => example.inputIds)
  const length = findLength(rows, padToMultipleOf)
  if (padTokenId === undefined) checkEqualLengths(rows, length)
  const pad = (arrays: readonly ArrayLike<number>[], value: number) =>
    padRows(arrays, length, { value, side: paddingSide })
  return {
    shape: [rows.length, length],
    // Without a pad id there is no padding.
    inputIds: pad(rows, padTokenId ?? 0),
    labels: pad(labels, IGNORE_INDEX),
    attentionMask: pad(examples.map(attentionOf), 0),
  }
}

/** @throws LosslineError `collate/lengths-differ` */
function attentionOf({ inputIds, attentionMask }: CollateExample, row: number): ArrayLike<number> {
  if (attentionMask === undefined) return new Int32Array(inputIds.length).fill(1)
  if (attentionMask.length === inputIds.length) return attentionMask
  throw new LosslineError(
    'collate/lengths-differ',
    `attentionMask has ${attentionMask.length} entries, inputIds ${inputIds.length}: expected one for each token.`,
    { where: `examples[${row}]`, fix: 'Leave attentionMask out, or give it one entry a token.' },
  )
}

function checkEqualLengths(rows: readonly ArrayLike<number>[], length: number): void {
  const short = rows.findIndex(row => row.length !== length)
  if (short === -1) return
  throw new LosslineError(
    'collate/no-pad-token',
    `${rows[short]!.length} tokens have to be padded to ${length} and there is no pad id.`,
    { where: `examples[${short}]`, fix: 'Give {pad_token_id}.' },
  )
}
