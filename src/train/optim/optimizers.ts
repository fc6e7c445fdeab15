import { LosslineError, quote } from '../../error.ts'
import { Adafactor } from './adafactor.ts'
import { AdamW } from './adamw.ts'
import type { OptimizerKind } from './optimizer.ts'
import { SGD } from './sgd.ts'

/** transformers' names for `optim`. */
export type OptimizerName = 'adamw_torch' | 'adamw_torch_fused' | 'adafactor' | 'sgd'

/** Every optimizer there is, by name. */
export const OPTIMIZERS: { readonly [Name in OptimizerName]: OptimizerKind } = {
  adamw_torch: (parameters, options) => new AdamW(parameters, options),
  // The same numbers by another kernel, and transformers' default with today's PyTorch.
  adamw_torch_fused: (parameters, options) => new AdamW(parameters, options),
  adafactor: (parameters, options) => new Adafactor(parameters, options),
  sgd: (parameters, options) => new SGD(parameters, options),
}

/**
 * `optim_args`: `momentum=0.9` → { momentum: '0.9' }.
 *
 * @throws LosslineError `train/option`
 */
export function parseOptimizerArgs(text: string | undefined): Record<string, string> {
  const args: Record<string, string> = {}
  for (const pair of (text ?? '').replaceAll(' ', '').split(',')) {
    if (pair === '') continue
    const [name, value, ...more] = pair.split('=')
    if (name === '' || value === undefined || more.length > 0)
      throw new LosslineError(
        'train/option',
        `has ${quote(pair)}; expected names and values, such as momentum=0.9`,
        {
          where: 'optimArgs',
        },
      )
    args[name!] = value
  }
  return args
}
