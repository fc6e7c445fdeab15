import { LosslineError } from '../error.ts'

/** Longer than any model's context; tables by length stay small. */
const MOST_TOKENS = 2 ** 24

/** @throws LosslineError `pack/max-length` */
export function checkMaxLength(maxLength: number): void {
  if (Number.isInteger(maxLength) && maxLength >= 1 && maxLength <= MOST_TOKENS) return
  throw new LosslineError(
    'pack/max-length',
    `Packing needs a length limit in tokens from 1 to ${MOST_TOKENS}, and it is ${maxLength}.`,
    { fix: 'Give {max_length}.' },
  )
}
