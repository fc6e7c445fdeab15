import { LosslineError } from '../../error.ts'
import { readAdapterFolder } from '../adapter/index.ts'
import { findNotFinite, readTensorIndex } from '../weights/index.ts'
import type { FineTuneOptions } from './options.ts'

/**
 * The error of a training whose loss was no number, with its cause where that is in the weights that it began with: no learning rate and
 * no row has to do with it then.
 */
export function explainNotFinite(
  error: LosslineError,
  { model, part }: Pick<FineTuneOptions, 'model' | 'part'>,
): LosslineError {
  const adapter = part.kind === 'adapter' ? [...readAdapterFolder(part.folder).tensors.values()] : []
  const found = findNotFinite([...readTensorIndex(model).values(), ...adapter])
  if (found === undefined) return error
  const { entry, count } = found
  const length = entry.byteLength / (entry.dtype === 'F32' ? 4 : 2)
  const numbers = `${count.toLocaleString('en-US')} of its ${length.toLocaleString('en-US')} numbers`
  const what = `holds NaN or infinity (${numbers}): no loss can be computed`
  return new LosslineError('train/bad-weights', what, {
    where: `${entry.file} ${entry.name}`,
    fix: 'Copy or download it again, or train another model.',
    cause: error,
  })
}
