import { LosslineError, quote } from '../../error.ts'
import { condenseNames } from './condense-names.ts'
import { findDefaultTargets } from './default-targets.ts'
import type { LoraConfig } from './lora-config.ts'
import { compileMatcher, compileNames, compilePatterns } from './match-module.ts'
import { featuresOf, listNames, type ModelModule } from './model-module.ts'

/** A linear module with its update: y = W x + scaling · B (A x), with A [rank, inFeatures] and B [outFeatures, rank]. */
export interface LoraTarget {
  readonly module: string
  readonly inFeatures: number
  readonly outFeatures: number
  readonly rank: number
  readonly scaling: number
  /** Whether the base weight lies as [inFeatures, outFeatures]: GPT-2's does. */
  readonly fanInFanOut: boolean
}

/** A tensor that is trained whole. */
export interface SavedTensor {
  /** As in the model: `lm_head.weight`. */
  readonly name: string
  readonly shape: readonly number[]
}

/** Which parts of a model an adapter is made of. */
export interface LoraPlan {
  /** In the order of the model. */
  readonly targets: readonly LoraTarget[]
  readonly saved: readonly SavedTensor[]
  /** What adapter_config.json says of the targets. */
  readonly targetModules: string | readonly string[]
  /** Names of target_modules and modules_to_save that fit nothing: to be told, PEFT leaves them out in silence. */
  readonly unmatched: readonly string[]
}

/**
 * Finds what a configuration adapts in a model, as PEFT's `get_peft_model` does.
 *
 * @param modules all that hold tensors, in the model's order
 * @param modelType `model_type` of config.json, for PEFT's choice where no targets are named
 * @throws LosslineError `adapter/no-targets`, `adapter/not-linear`, `adapter/pattern`
 */
export function resolveLora(
  config: LoraConfig,
  modules: readonly ModelModule[],
  modelType: string,
): LoraPlan {
  const names = listNames(modules)
  const targetModules = nameTargets(config, { modules, names, modelType })
  const isTarget = compileMatcher(targetModules, config)
  const targeted = new Set(names.filter(isTarget))
  const byName = new Map(modules.map(module => [module.name, module]))
  for (const name of targeted) checkLinear(name, byName.get(name))
  if (targeted.size === 0) throw noTargets(targetModules, modules)
  const rankOf = compilePatterns(config.rankPattern)
  const alphaOf = compilePatterns(config.alphaPattern)
  const targets = modules
    .filter(({ name }) => targeted.has(name))
    .map(module => {
      const rank = rankOf(module.name) ?? config.r
      const alpha = alphaOf(module.name) ?? config.loraAlpha
      const scaling = alpha / (config.useRslora ? Math.sqrt(rank) : rank)
      return {
        module: module.name,
        ...featuresOf(module),
        rank,
        scaling,
        fanInFanOut: module.kind === 'conv1d',
      }
    })
  const unmatched = typeof targetModules === 'string' ? [] : findUnmatched(targetModules, names)
  const unsaved = config.modulesToSave.filter(end => !names.some(name => name.endsWith(end)))
  return {
    targets,
    saved: listSaved(config.modulesToSave, modules, names),
    targetModules,
    unmatched: [...unmatched, ...unsaved],
  }
}

function nameTargets(
  { targetModules }: LoraConfig,
  model: { modules: readonly ModelModule[]; names: readonly string[]; modelType: string },
): string | readonly string[] {
  if (typeof targetModules === 'string') {
    if (targetModules.toLowerCase() !== 'all-linear') return targetModules
    const linear = model.modules.filter(({ kind }) => kind === 'linear' || kind === 'conv1d')
    return condenseNames(
      linear.map(({ name }) => name),
      model.names,
    )
  }
  if (targetModules !== undefined) return condenseNames([...new Set(targetModules)], model.names)
  const found = findDefaultTargets(model.modelType)
  if (found !== undefined) return found
  const what = `there is no usual choice of modules to adapt for a model of type ${quote(model.modelType)}`
  const fix = 'Name some with {lora_target_modules}, or take all-linear.'
  throw new LosslineError('adapter/no-targets', what, { fix })
}

function checkLinear(name: string, module: ModelModule | undefined): void {
  if (module?.kind === 'linear' || module?.kind === 'conv1d' || module?.kind === 'head') return
  const kind = module === undefined ? 'a group of modules' : `a module of kind ${module.kind}`
  const fix =
    module === undefined
      ? 'Name the linear modules in it in {lora_target_modules}.'
      : 'Train it whole with {lora_modules_to_save}, or leave it out with {exclude_modules}.'
  const what = `target_modules takes in ${quote(name)}, ${kind}; expected linear modules`
  throw new LosslineError('adapter/not-linear', what, { fix })
}

function noTargets(targets: string | readonly string[], modules: readonly ModelModule[]): LosslineError {
  const linear = modules.filter(({ kind }) => kind === 'linear' || kind === 'conv1d' || kind === 'head')
  const lasts = new Set(linear.map(({ name }) => name.slice(name.lastIndexOf('.') + 1)))
  const what = `no module of the model is adapted with target_modules ${quote(targets)}; its linear ones are ${[...lasts].join(', ')}`
  const fix = 'Change {lora_target_modules}, {exclude_modules} or {layers_to_transform}.'
  return new LosslineError('adapter/no-targets', what, { fix })
}

function findUnmatched(targets: readonly string[], names: readonly string[]): string[] {
  return targets.filter(target => !names.some(compileNames([target])))
}

/** PEFT compares ends of names without regard to dots here: `norm` takes in `input_layernorm`. */
function listSaved(
  ends: readonly string[],
  modules: readonly ModelModule[],
  names: readonly string[],
): SavedTensor[] {
  const saved = names.filter(name => ends.some(end => name.endsWith(end)))
  const inSaved = modules.filter(({ name }) =>
    saved.some(whole => name === whole || name.startsWith(`${whole}.`)),
  )
  return inSaved.flatMap(({ name, tensors }) =>
    Object.entries(tensors).map(([tensor, shape]) => ({ name: `${name}.${tensor}`, shape })),
  )
}
