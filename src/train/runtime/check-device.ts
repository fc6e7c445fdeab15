import { LosslineError } from '../../error.ts'
import { toOnnx } from '../graph/index.ts'
import {
  buildTrainingGraph,
  type Feed,
  listWeights,
  parseModelConfig,
  toTrainingFeeds,
} from '../model/index.ts'

/** Opens a model somewhere, runs it once, and closes it. */
export type RunOnce = (
  model: Uint8Array,
  feeds: Readonly<Record<string, Feed>>,
) => Promise<Readonly<Record<string, Float32Array>>>

/** Two layers with all that the Llama family has, small enough to be run in no time. */
const CONFIG = {
  model_type: 'llama',
  vocab_size: 50,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  tie_word_embeddings: true,
}
const TOKENS = 24

/** Devices round in other ways; an operator that is wrong is wrong by far more. */
const TOLERANCE = 1e-2

/**
 * Holds the gradients of a tiny model on a device to those of the CPU: a provider that computes something else says nothing of it (seen with
 * an RMS norm on WebGPU, whose loss was right).
 *
 * @throws LosslineError `train/device-wrong`
 */
export async function checkDevice(device: string, onDevice: RunOnce, onCpu: RunOnce): Promise<void> {
  const { model, feeds } = makeProbe()
  const expected = await onCpu(model, feeds)
  const found = await onDevice(model, feeds)
  for (const [name, values] of Object.entries(expected)) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const off = values.reduce((most, value, i) => Math.max(most, Math.abs(value - found[name]![i]!)), 0)
    // Not a number is wrong too.
    if (off <= TOLERANCE * largest) continue
    const what = `the device ${device} computes the ${name} of a tiny model wrongly: off by ${((100 * off) / largest).toFixed(0)} %`
    const fix = 'Leave {device} at cpu, or try another version of its driver.'
    throw new LosslineError('train/device-wrong', what, { fix })
  }
}

function makeProbe(): { model: Uint8Array; feeds: Record<string, Feed> } {
  const description = parseModelConfig(CONFIG)
  const weights = listWeights(description)
  const options = {
    weights: new Map(weights.map(({ name, shape }) => [name, { name, shape }])),
    adapters: [],
    stored: (name: string) => {
      throw new RangeError(`the tiny model has no stored weight ${name}`)
    },
    isCheckpointed: false,
    loss: { type: 'nll', labelSmoothing: 0 },
    neftuneNoiseAlpha: 0,
  } as const
  const next = toRandom()
  const numbers = weights.map(({ name, shape, role }) => {
    const length = shape.reduce((product, dim) => product * dim, 1)
    const data = Float32Array.from({ length }, () => next() - 0.5 + (role === 'norm' ? 1 : 0))
    return [name, { data, shape }] as const
  })
  // Two sequences, of which all but the last tokens are trained.
  const tokens = Array.from({ length: TOKENS }, (_, t) => t)
  const positions = Int32Array.from(tokens.filter(t => t % (TOKENS / 2) !== TOKENS / 2 - 1))
  const batch = {
    inputIds: Int32Array.from(tokens, () => Math.floor(next() * CONFIG.vocab_size)),
    positionIds: Int32Array.from(tokens, t => t % (TOKENS / 2)),
    sequenceIds: Int32Array.from(tokens, t => Math.floor(t / (TOKENS / 2))),
    targetPositions: positions,
    targets: positions.map(() => Math.floor(next() * CONFIG.vocab_size)),
    targetWeights: new Float32Array(positions.length).fill(1),
  }
  const feeds = toTrainingFeeds(description, batch, { normaliser: positions.length, neftuneNoiseAlpha: 0 })
  return {
    model: toOnnx(buildTrainingGraph(description, options, 'train')),
    feeds: { ...feeds, ...Object.fromEntries(numbers) },
  }
}

/** Numbers from 0 to 1, always the same (a linear congruential generator). */
function toRandom(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
