import { LosslineError } from '../error.ts'
import { PACKING_STRATEGIES, type PackingStrategyName } from '../pack/index.ts'
import { DEFAULT_MAX_LENGTH, DEFAULT_SEED, type RowsOptions } from './options.ts'
import { checkAllowed } from './stop-at-errors.ts'
import type { TruncationName } from './truncate.ts'

/** Options with their defaults in place; what a row becomes is a function of the row, the model and these. */
export interface Settings extends Omit<RowsOptions, 'maxLength' | 'truncation' | 'packing'> {
  readonly maxLength: number | undefined
  /** Undefined: nothing is cut before packing. */
  readonly truncation: TruncationName | undefined
  readonly packing: PackingStrategyName | undefined
  readonly shuffleDataset: boolean
  readonly positionIds: boolean
  readonly attentionMask: boolean
  readonly seed: number
  readonly now: Date
}

/** @throws LosslineError `prepare/option` for options that don't go together */
export function toSettings(options: RowsOptions): Settings {
  const {
    packing,
    truncation,
    shuffleDataset = false,
    positionIds = false,
    attentionMask = false,
    seed = DEFAULT_SEED,
    now = new Date(),
  } = options
  const maxLength = 'maxLength' in options ? options.maxLength : DEFAULT_MAX_LENGTH
  if (maxLength !== undefined && (!Number.isInteger(maxLength) || maxLength < 1)) {
    throw optionError(`is ${maxLength}; expected a number of tokens, from 1`, '{max_length}')
  }
  if (packing !== undefined && maxLength === undefined)
    throw optionError('needs a length for its packs', '{packing}', 'Give {max_length}.')
  const splits = packing !== undefined && !PACKING_STRATEGIES[packing].cuts
  if (splits && truncation !== undefined) {
    const fix = 'Leave {truncation} out, or pack with bfd.'
    throw optionError(
      `is ${packing}, which splits what is too long, and nothing is left to cut`,
      '{packing}',
      fix,
    )
  }
  if (maxLength === undefined && truncation !== undefined)
    throw optionError('has no effect without a length', '{truncation}', 'Give {max_length}.')
  const cuts = maxLength !== undefined && !splits
  checkAllowed(options.allowFindings)
  return {
    ...options,
    packing,
    shuffleDataset,
    positionIds,
    attentionMask,
    seed,
    now,
    maxLength,
    truncation: cuts ? (truncation ?? 'keep-start') : undefined,
  }
}

function optionError(what: string, where: string, fix?: string): LosslineError {
  return new LosslineError('prepare/option', what, fix === undefined ? { where } : { where, fix })
}
