import { join } from 'node:path'
import { LosslineError, quote } from '../../error.ts'
import { readTensor } from '../weights/index.ts'
import type { AdapterFolder } from './adapter-folder.ts'
import type { AdapterTensor } from './initialise.ts'
import type { ModelModule } from './model-module.ts'
import { type LoraPlan, resolveLora } from './resolve.ts'
import { isBaseCopy, toLoraName, toSavedName } from './tensor-names.ts'

/** An adapter that was read, and where its tensors belong. */
export interface FittedAdapter {
  readonly plan: LoraPlan
  /** Those of {@link LoraPlan}, in its order. */
  readonly tensors: readonly AdapterTensor[]
}

/**
 * Reads the numbers of an adapter for a model, to go on training or to run it.
 *
 * @throws LosslineError `adapter/other-base` where the names or shapes are not those of this model
 */
export function fitAdapter(
  { folder, config, tensors }: AdapterFolder,
  modules: readonly ModelModule[],
  modelType: string,
): FittedAdapter {
  const plan = resolveForBase()
  const expected = listTensors(plan, config.useDora)
  for (const [name, shape] of expected) {
    const found = tensors.get(name)?.shape
    if (found === undefined) throw otherBase(folder, `lacks ${quote(name)}, of shape [${shape.join(', ')}]`)
    if (found.join() !== shape.join()) {
      throw otherBase(folder, `has ${name} of shape [${found.join(', ')}]; expected [${shape.join(', ')}]`)
    }
  }
  const extra = [...tensors.keys()].find(name => !expected.has(name) && !isBaseCopy(name))
  if (extra !== undefined) throw otherBase(folder, `has ${extra}, for which the model has no place`)
  const read = Array.from(expected, ([name, shape]) => ({
    name,
    shape,
    values: readTensor(tensors.get(name)!),
  }))
  return { plan, tensors: read }

  function resolveForBase(): LoraPlan {
    try {
      return resolveLora(config, modules, modelType)
    } catch (cause) {
      if (cause instanceof LosslineError) throw otherBase(folder, `does not fit it: ${cause.message}`, cause)
      throw cause
    }
  }
}

/** Names and shapes of the tensors of an adapter. */
export function listTensors({ targets, saved }: LoraPlan, useDora: boolean): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>()
  for (const { module, rank, inFeatures, outFeatures } of targets) {
    shapes.set(toLoraName(module, 'lora_A'), [rank, inFeatures])
    shapes.set(toLoraName(module, 'lora_B'), [outFeatures, rank])
    if (useDora) shapes.set(toLoraName(module, 'lora_magnitude_vector'), [outFeatures])
  }
  for (const { name, shape } of saved) shapes.set(toSavedName(name), shape)
  return shapes
}

function otherBase(folder: string, what: string, cause?: unknown): LosslineError {
  const fix = 'Name the base that it was trained on (base_model_name_or_path in its adapter_config.json).'
  return new LosslineError('adapter/other-base', `is an adapter for another base: it ${what}`, {
    where: join(folder, 'adapter_model.safetensors'),
    fix,
    cause,
  })
}
