import { LosslineError } from '../error.ts'
import { IGNORE_INDEX } from '../mask/index.ts'
import type { Batch } from './batch.ts'
import { concatenate, findBoundaries, maskFirstTokens } from './flatten.ts'
import { checkMultiple, checkNotEmpty, findLength, padRows } from './pad.ts'

/** A tokenized example with the columns of TRL's SFT data. All arrays have one entry for each token, but for `seqLengths`. */
export interface SftExample {
  readonly inputIds: ArrayLike<number>
  /** -100: not trained. Default: the ids. */
  readonly labels?: ArrayLike<number> | undefined
  /** 0: not trained, as long as `completionOnlyLoss` is on. */
  readonly completionMask?: ArrayLike<number> | undefined
  /** 0: not trained. */
  readonly assistantMasks?: ArrayLike<number> | undefined
  /** Lengths of the sequences that were packed into this example, in order. Default: it is one sequence. */
  readonly seqLengths?: ArrayLike<number> | undefined
}

export interface SftCollatorOptions {
  readonly padTokenId: number
  /** Whether `completionMask` counts. Default true. */
  readonly completionOnlyLoss?: boolean
  /** Lays the examples end to end in one row; positions start over with each sequence. */
  readonly paddingFree?: boolean
  /** Gives positions to padded batches as well. */
  readonly returnPositionIds?: boolean
  readonly padToMultipleOf?: number | undefined
}

/**
 * TRL's own `DataCollatorForLanguageModeling` (`trl.trainer.sft_trainer`, since 0.20), which SFTTrainer uses: pads ids with the pad id and
 * labels with -100, whatever ids the labels are. So an EOS that is also the pad token stays trained.
 *
 * Trained is what `labels` has and both masks allow: TRL's data path makes labels of the masks today (1.16), its collator did in 0.20.
 */
export class DataCollatorForLanguageModeling {
  readonly options: SftCollatorOptions

  /** @throws LosslineError `collate/pad-to-multiple-of` */
  constructor(options: SftCollatorOptions) {
    checkMultiple(options.padToMultipleOf)
    this.options = options
  }

  /** @throws LosslineError `collate/empty-batch`, `collate/lengths-differ`, `collate/seq-lengths` */
  collate(examples: readonly SftExample[]): Batch {
    checkNotEmpty(examples)
    const { completionOnlyLoss = true, paddingFree = false } = this.options
    const labels = examples.map((example, row) => labelExample(example, row, completionOnlyLoss))
    return paddingFree ? this.#flatten(examples, labels) : this.#pad(examples, labels)
  }

  #pad(examples: readonly SftExample[], labels: readonly Int32Array[]): Batch {
    const { padTokenId, padToMultipleOf, returnPositionIds = false } = this.options
    const length = findLength(labels, padToMultipleOf)
    const attention = labels.map(row => new Int32Array(row.length).fill(1))
    return {
      shape: [examples.length, length],
      inputIds: padRows(
        examples.map(example => example.inputIds),
        length,
        { value: padTokenId },
      ),
      labels: padRows(labels, length, { value: IGNORE_INDEX }),
      attentionMask: padRows(attention, length, { value: 0 }),
      ...(returnPositionIds && { positionIds: padRows(examples.map(positionsOf), length, { value: 0 }) }),
      warnings: [],
    }
  }

  #flatten(examples: readonly SftExample[], rowLabels: readonly Int32Array[]): Batch {
    const { padTokenId, padToMultipleOf } = this.options
    const whole = concatenate(rowLabels)
    const length = findLength([whole], padToMultipleOf)
    const pad = (row: Int32Array, value: number) => padRows([row], length, { value })
    const labels = pad(whole, IGNORE_INDEX)
    // Padding at the end has position 0 throughout: as in TRL, each of its tokens counts as a sequence of its own.
    const positionIds = pad(concatenate(examples.map(positionsOf)), 0)
    maskFirstTokens(labels, positionIds, IGNORE_INDEX)
    return {
      shape: [1, length],
      inputIds: pad(concatenate(examples.map(example => example.inputIds)), padTokenId),
      labels,
      positionIds,
      ...findBoundaries(positionIds),
      seqIdx: numberSequences(positionIds),
      warnings: [],
    }
  }
}

function labelExample(example: SftExample, row: number, completionOnlyLoss: boolean): Int32Array {
  const { inputIds, completionMask, assistantMasks } = example
  for (const column of ['labels', 'completionMask', 'assistantMasks'] as const) {
    checkLength(column, example[column], inputIds.length, row)
  }
  const labels = Int32Array.from(example.labels ?? inputIds)
  const masks = [completionOnlyLoss ? completionMask : undefined, assistantMasks]
  for (let t = 0; t < labels.length; t++) {
    if (masks.some(mask => mask !== undefined && mask[t] === 0)) labels[t] = IGNORE_INDEX
  }
  return labels
}

function checkLength(
  column: string,
  values: ArrayLike<number> | undefined,
  length: number,
  row: number,
): void {
  if (values === undefined || values.length === length) return
  throw new LosslineError(
    'collate/lengths-differ',
    `${column} has ${values.length} entries, inputIds ${length}: expected one for each token.`,
    { where: `examples[${row}]`, fix: 'Cut all columns of a row at the same token.' },
  )
}

function positionsOf({ inputIds, seqLengths }: SftExample, row: number): Int32Array {
  const positions = new Int32Array(inputIds.length)
  let start = 0
  for (const length of Array.from(seqLengths ?? [inputIds.length])) {
    for (let t = 0; t < length; t++) positions[start + t] = t
    start += length
  }
  if (start === inputIds.length) return positions
  throw new LosslineError(
    'collate/seq-lengths',
    `seqLengths add up to ${start}, inputIds has ${inputIds.length} tokens: expected the same.`,
    { where: `examples[${row}]`, fix: 'Give the lengths of all sequences in the pack.' },
  )
}

function numberSequences(positionIds: Int32Array): Int32Array {
  let sequence = -1
  return positionIds.map(position => {
    if (position === 0) sequence++
    return sequence
  })
}
