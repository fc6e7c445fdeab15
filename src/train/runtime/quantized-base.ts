import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError } from '../../error.ts'
import { listLinears, type ModelDescription } from '../model/index.ts'
import { type Quantization, type TensorIndex, writeQuantized } from '../weights/index.ts'
import type { Trained } from './parameters.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'
import { openWeightFiles, type WeightFiles } from './weight-files.ts'

/** A base whose linear layers were rounded, and what takes the copy of it away again. */
export interface QuantizedBase {
  readonly files: WeightFiles
  remove(): void
}

interface QuantizeOptions {
  readonly quantization: Quantization
  readonly trained: Trained
}

/**
 * Rounds the weights of a model's blocks into a temporary file; embeddings, head, norms and what is trained stay as they are, as
 * bitsandbytes leaves them.
 *
 * @throws LosslineError `train/quantized` where all weights are to be trained, and those of reading and writing
 */
export async function quantizeBase(
  weights: TensorIndex,
  model: ModelDescription,
  { quantization, trained }: QuantizeOptions,
): Promise<QuantizedBase> {
  if (trained.kind === 'all') {
    const what = `weights of ${quantization.bits} bits can't be trained themselves`
    const fix = `Train an adapter with {use_peft}, or leave out {load_in_${quantization.bits}bit}.`
    throw new LosslineError('train/quantized', what, { fix })
  }
  const names = listLinears(model).map(({ module }) => `${module}.weight`)
  const matrices = names
    .filter(name => trained.weights?.has(name) !== true)
    .map(name => [name, weights.get(name)!] as const)
  const folder = makeTemporaryFolder()
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const quantized = await writeQuantized(join(folder, 'weights.bin'), new Map(matrices), quantization)
    return { files: openWeightFiles(weights, quantized), remove }
  } catch (error) {
    remove()
    throw error
  }
}
