import { LosslineError } from '../../error.ts'

/**
 * For what comes before the first step, of which nothing is kept.
 *
 * @throws LosslineError `train/interrupted`
 */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new LosslineError(
    'train/interrupted',
    'the training was stopped before a step was done: nothing is changed',
  )
}
