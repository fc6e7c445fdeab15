import type { ConfigReader } from './config-reader.ts'
import type { Rope, RopeScaling } from './rope.ts'
import type { Sizes } from './sizes.ts'

type RopeSizes = Pick<Sizes, 'headSize' | 'maxPositions'>

interface RopeDefaults {
  /** `rope_theta` where config.json has none. */
  readonly theta: number
  /** `original_max_position_embeddings` where config.json has none, for an architecture with a default for it. */
  readonly originalLength?: number
  /** Names of earlier versions of the architecture, and what they mean now. */
  readonly olderNames?: Readonly<Record<string, RopeScaling['kind']>>
}

const COVERED = ['default', 'linear', 'llama3', 'yarn', 'longrope'] as const

/**
 * The rope that config.json describes: with `rope_theta` beside `rope_scaling`, as transformers 4 writes it, or all in
 * `rope_parameters`, as transformers 5 does.
 *
 * @param kind the part of `rope_parameters` for layers of this kind, where it has parts (Gemma 3)
 */
export function readRope(
  config: ConfigReader,
  sizes: RopeSizes,
  defaults: RopeDefaults,
  kind?: LayerKind,
): Rope {
  const whole = config.optionalObject('rope_scaling') ?? config.optionalObject('rope_parameters')
  const parameters = (kind === undefined ? undefined : whole?.optionalObject(kind)) ?? whole
  const theta = parameters?.optionalNumber('rope_theta') ?? config.number('rope_theta', defaults.theta)
  const share =
    parameters?.optionalNumber('partial_rotary_factor') ?? config.number('partial_rotary_factor', 1)
  const size = Math.trunc(sizes.headSize * share)
  if (size % 2 !== 0 || size === 0) {
    throw config.contradiction('head_dim', `leaves ${size} components to rotate; expected an even number`)
  }
  const scaling =
    parameters === undefined
      ? ({ kind: 'default' } as const)
      : readScaling({ config, parameters, sizes, defaults })
  if (scaling.kind === 'longrope') checkFactors(parameters ?? config, scaling, size / 2)
  return { size, theta, scaling }
}

interface ScalingSource {
  readonly config: ConfigReader
  /** `rope_scaling`, or `rope_parameters`, or a part of it. */
  readonly parameters: ConfigReader
  readonly sizes: RopeSizes
  readonly defaults: RopeDefaults
}

export type LayerKind = 'full_attention' | 'sliding_attention'

function readScaling({ config, parameters, sizes, defaults }: ScalingSource): RopeScaling {
  // `type` is the older name; where both are there, transformers takes it.
  const key = parameters.has('type') ? 'type' : 'rope_type'
  const name = parameters.text(key, 'default')
  const kind = defaults.olderNames?.[name] ?? COVERED.find(covered => covered === name)
  switch (kind) {
    case undefined:
      throw parameters.notCovered(key, name, COVERED)
    case 'default':
      return { kind }
    case 'linear':
      return { kind, factor: parameters.number('factor') }
    case 'llama3':
      return {
        kind,
        factor: parameters.number('factor'),
        lowFrequencyFactor: parameters.number('low_freq_factor'),
        highFrequencyFactor: parameters.number('high_freq_factor'),
        originalLength: parameters.count('original_max_position_embeddings'),
      }
    case 'yarn':
      return readYarn(parameters, sizes)
    case 'longrope':
      return readLongRope({ config, parameters, sizes, defaults })
    default: {
      const never: never = kind
      return never
    }
  }
}

function readYarn(parameters: ConfigReader, { maxPositions }: RopeSizes): RopeScaling {
  const factor = parameters.number('factor')
  const mscale = parameters.optionalNumber('mscale')
  const mscaleOfAll = parameters.optionalNumber('mscale_all_dim')
  // Python's `if mscale and mscale_all_dim`: 0 counts as absent.
  const inferred =
    mscale && mscaleOfAll
      ? toMagnitude(factor, mscale) / toMagnitude(factor, mscaleOfAll)
      : toMagnitude(factor, 1)
  return {
    kind: 'yarn',
    factor,
    betaFast: parameters.optionalNumber('beta_fast') || 32,
    betaSlow: parameters.optionalNumber('beta_slow') || 1,
    originalLength: parameters.optionalCount('original_max_position_embeddings') ?? maxPositions,
    attentionFactor: parameters.optionalNumber('attention_factor') ?? inferred,
    truncate: parameters.flag('truncate', true),
  }
}

function toMagnitude(factor: number, mscale: number): number {
  return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1
}

function readLongRope({ config, parameters, sizes, defaults }: ScalingSource): RopeScaling {
  const { maxPositions } = sizes
  const original =
    config.optionalCount('original_max_position_embeddings') ??
    parameters.optionalCount('original_max_position_embeddings') ??
    defaults.originalLength
  const factor = original === undefined ? parameters.number('factor') : maxPositions / original
  const originalLength = original ?? maxPositions
  const inferred = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalLength))
  return {
    kind: 'longrope',
    shortFactors: parameters.numbers('short_factor'),
    longFactors: parameters.numbers('long_factor'),
    originalLength,
    attentionFactor: parameters.optionalNumber('attention_factor') ?? inferred,
  }
}

function checkFactors(
  parameters: ConfigReader,
  scaling: Extract<RopeScaling, { kind: 'longrope' }>,
  pairs: number,
): void {
  for (const [key, factors] of [
    ['short_factor', scaling.shortFactors],
    ['long_factor', scaling.longFactors],
  ] as const) {
    if (factors.length === pairs) continue
    throw parameters.contradiction(key, `has ${factors.length} numbers; expected ${pairs}, one for each pair`)
  }
}
