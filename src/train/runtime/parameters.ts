import { LosslineError } from '../../error.ts'
import { type GraphParameter, type LoraModule, listWeights, type ModelDescription } from '../model/index.ts'
import type { Parameter } from '../trainable-model.ts'
import type { ParameterShape } from './moved-parameter.ts'

/** An adapter with the numbers that it starts from. */
export interface TrainedAdapter extends Omit<LoraModule, 'down' | 'up' | 'magnitude'> {
  readonly down: InitialParameter
  readonly up: InitialParameter
  readonly magnitude?: InitialParameter
}

export interface InitialParameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** What of a model is trained. */
export type Trained =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'adapters'
      readonly adapters: readonly TrainedAdapter[]
      /** Weights of the model that are trained whole (`modules_to_save`), by their names in the model, each with its parameter. */
      readonly weights?: ReadonlyMap<string, InitialParameter>
      /** Whether a tied head goes on being the embedding when that is trained; else each has its own weight from then on. */
      readonly keepsHeadTied?: boolean
    }

interface ParameterSource<Made extends Parameter> {
  /** Fills an array with a weight of the model. */
  readonly read: (name: string, into: Float32Array) => void
  /** A parameter of zeros. */
  readonly make: (shape: ParameterShape) => Made
}

interface GraphParts<Made extends Parameter> {
  readonly parameters: readonly Made[]
  readonly weights: ReadonlyMap<string, GraphParameter>
  readonly adapters: readonly LoraModule[]
}

/**
 * The parameters of what is trained, with the numbers that they start from, and what a graph is told of them.
 *
 * @throws LosslineError `train/no-such-weight`, and those of reading
 */
export function toParameters<Made extends Parameter>(
  model: ModelDescription,
  trained: Trained,
  { read, make: makeOf }: ParameterSource<Made>,
): GraphParts<Made> {
  const weights = new Map<string, GraphParameter>()
  const parameters: Made[] = []
  const make = ({ name, shape }: GraphParameter, decays: boolean): Made => {
    const length = shape.reduce((product, dim) => product * dim, 1)
    return makeOf({ name, shape, decays, length })
  }
  const whole = trained.kind === 'all' ? undefined : (trained.weights ?? new Map<string, InitialParameter>())
  const unknown = new Set(whole?.keys())
  for (const { name, shape, role } of listWeights(model)) {
    unknown.delete(name)
    const given = whole?.get(name)
    if (whole !== undefined && given === undefined) continue
    const parameter = make({ name: given?.name ?? name, shape }, role !== 'norm' && role !== 'bias')
    if (given === undefined) read(name, parameter.data)
    else parameter.data.set(given.data)
    weights.set(name, { name: parameter.name, shape })
    parameters.push(parameter)
  }
  for (const name of unknown) throw noSuchWeight(name, model)
  const adapters = trained.kind === 'all' ? [] : trained.adapters
  for (const { down, up, magnitude } of adapters) {
    for (const part of [down, up, magnitude]) {
      if (part === undefined) continue
      const parameter = make(part, true)
      parameter.data.set(part.data)
      parameters.push(parameter)
    }
  }
  return { parameters, weights, adapters }
}

/** A parameter whose arrays stay where they are. */
export function makeParameter({ length, ...parameter }: ParameterShape): Parameter {
  return { ...parameter, data: new Float32Array(length), gradient: new Float32Array(length) }
}

function noSuchWeight(name: string, { architecture }: ModelDescription): LosslineError {
  const fix = 'Name modules of the model in {lora_modules_to_save}.'
  return new LosslineError('train/no-such-weight', `the model (${architecture}) has no weight ${name}`, {
    fix,
  })
}
