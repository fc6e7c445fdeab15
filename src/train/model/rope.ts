/**
 * Rotary position embedding: the angles by which pairs of a query's or key's components are turned, computed in the precision
 * and order of transformers' modeling_rope_utils.py.
 *
 * Component i of the first half of the rotated part is paired with component i of its second half.
 */
export interface Rope {
  /** Components of each head that are rotated, the first ones; even. */
  readonly size: number
  /** Base of the wavelengths. */
  readonly theta: number
  readonly scaling: RopeScaling
}

/** How the frequencies are changed for texts longer than those of pretraining. Lengths in tokens. */
export type RopeScaling =
  | { readonly kind: 'default' }
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3'
      readonly factor: number
      readonly lowFrequencyFactor: number
      readonly highFrequencyFactor: number
      readonly originalLength: number
    }
  | {
      readonly kind: 'yarn'
      readonly factor: number
      /** Rotations over the original length that bound the ramp between kept and divided frequencies. */
      readonly betaFast: number
      readonly betaSlow: number
      readonly originalLength: number
      readonly attentionFactor: number
      /** Whether the ramp's bounds are rounded outwards to whole components. */
      readonly truncate: boolean
    }
  | {
      readonly kind: 'longrope'
      /** Divisors of the frequencies: `short` up to the original length, `long` for a batch with a longer sequence. */
      readonly shortFactors: readonly number[]
      readonly longFactors: readonly number[]
      readonly originalLength: number
      readonly attentionFactor: number
    }

/** `size` / 2 inverse frequencies in radians a token; cosine and sine are multiplied by `attentionFactor`. */
export interface RopeFrequencies {
  readonly inverse: Float32Array
  readonly attentionFactor: number
}

/** Cosine and sine of each position's angles, times the attention factor: [length, size / 2], row after row. */
export interface RopeTables {
  /** Numbers in a row. */
  readonly width: number
  readonly cos: Float32Array
  readonly sin: Float32Array
}

/**
 * The tables for positions 0 to `length` - 1.
 *
 * @param length of the batch's longest sequence, in tokens: longrope's frequencies depend on it
 */
export function toRopeTables(rope: Rope, length: number): RopeTables {
  const { inverse, attentionFactor } = toRopeFrequencies(rope, length)
  const cos = new Float32Array(length * inverse.length)
  const sin = new Float32Array(length * inverse.length)
  let at = 0
  for (let position = 0; position < length; position++) {
    for (const frequency of inverse) {
      // The angle is rounded to fp32 before its cosine is taken, as torch does.
      const angle = Math.fround(frequency * position)
      cos[at] = Math.fround(Math.cos(angle)) * attentionFactor
      sin[at] = Math.fround(Math.sin(angle)) * attentionFactor
      at++
    }
  }
  return { width: inverse.length, cos, sin }
}

/** @param length of the batch's longest sequence, in tokens */
export function toRopeFrequencies(rope: Rope, length: number): RopeFrequencies {
  const { scaling } = rope
  switch (scaling.kind) {
    case 'default':
      return { inverse: toInverse(toPowers(rope)), attentionFactor: 1 }
    case 'linear':
      return { inverse: toInverse(toPowers(rope)).map(f => f / scaling.factor), attentionFactor: 1 }
    case 'llama3':
      return {
        inverse: toInverse(toPowers(rope)).map(f => scaleLlama3(f, scaling)),
        attentionFactor: 1,
      }
    case 'yarn':
      return { inverse: toYarn(rope, scaling), attentionFactor: scaling.attentionFactor }
    case 'longrope': {
      const factors = length > scaling.originalLength ? scaling.longFactors : scaling.shortFactors
      const powers = toPowers(rope).map((power, i) => Math.fround(factors[i]!) * power)
      return { inverse: toInverse(powers), attentionFactor: scaling.attentionFactor }
    }
    default: {
      const never: never = scaling
      return never
    }
  }
}

/** theta^(2i / size) for each pair i. */
function toPowers({ theta, size }: Rope): Float32Array {
  return Float32Array.from({ length: size / 2 }, (_, i) => theta ** Math.fround((2 * i) / size))
}

function toInverse(powers: Float32Array): Float32Array {
  return powers.map(power => 1 / power)
}

type ScalingOf<Kind extends RopeScaling['kind']> = Extract<RopeScaling, { kind: Kind }>

/** Long wavelengths are divided, short ones kept, those between blended. */
function scaleLlama3(frequency: number, scaling: ScalingOf<'llama3'>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalLength } = scaling
  const wavelength = Math.fround(Math.fround(2 * Math.PI) / frequency)
  if (wavelength < originalLength / high) return frequency
  if (wavelength > originalLength / low) return frequency / factor
  const kept = (originalLength / wavelength - low) / (high - low)
  return ((1 - kept) * frequency) / factor + kept * frequency
}

function toYarn(rope: Rope, scaling: ScalingOf<'yarn'>): Float32Array {
  const { factor, betaFast, betaSlow, truncate } = scaling
  const first = findYarnBound(rope, scaling, betaFast)
  const last = findYarnBound(rope, scaling, betaSlow)
  const from = Math.max(truncate ? Math.floor(first) : first, 0)
  const until = Math.min(truncate ? Math.ceil(last) : last, rope.size - 1)
  // A ramp of no length would divide by zero.
  const width = from === until ? 0.001 : until - from
  return toPowers(rope).map((power, i) => {
    const divided = Math.min(Math.max((i - from) / width, 0), 1)
    return (1 / (factor * power)) * divided + (1 / power) * (1 - divided)
  })
}

/** The pair, in fractions, whose angle makes so many rotations over the original length. */
function findYarnBound(
  { size, theta }: Rope,
  { originalLength }: ScalingOf<'yarn'>,
  rotations: number,
): number {
  return (size * Math.log(originalLength / (rotations * 2 * Math.PI))) / (2 * Math.log(theta))
}
