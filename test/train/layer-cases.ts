// Layers that have a gradient of their own, beside what PyTorch calls them.
import {
  type Activation,
  activate,
  attention,
  crossEntropy,
  gated,
  gatedHalves,
  layerNorm,
  planAttention,
  rmsNorm,
  toAttentionBlocks,
} from '../../src/train/graph/layers/index.ts'
import type { Tensor } from '../../src/train/graph/tensor.ts'
import { type GradientCase, one, row, two } from './gradient-case.ts'
import type { Value } from './run-graph.ts'

const ACTIVATIONS: Readonly<Record<Activation, (x: string) => string>> = {
  silu: x => `F.silu(${x})`,
  gelu: x => `F.gelu(${x})`,
  'gelu-tanh': x => `F.gelu(${x}, approximate='tanh')`,
  relu: x => `F.relu(${x})`,
}

/** Sequences that lie one after the other in a batch, and heads that look at them. */
export interface Pack {
  readonly lengths: readonly number[]
  readonly blocks: number
  /** Heads for each key and value head. */
  readonly group: number
  readonly keyValueHeadCount: number
  readonly headSize: number
  readonly window?: number | undefined
  readonly softCap?: number | undefined
}

export const LAYER_CASES: readonly GradientCase[] = [
  ...[0, 1].map(weightOffset =>
    two(
      (x, weight) => rmsNorm(x, weight, { epsilon: 0.1, weightOffset }),
      `F.rms_norm(a, (m,), b + ${weightOffset}, 0.1)`,
      {
        note: `rmsNorm of a weight plus ${weightOffset}`,
        shapes: row,
      },
    ),
  ),
  {
    note: 'layerNorm',
    shapes: (n, m) => [[n, m], [m], [m]],
    build: ([x, weight, bias]) => layerNorm(x!, weight!, bias!, 0.1),
    torch: 'F.layer_norm(a, (m,), b, c, 0.1)',
  },
  ...(Object.keys(ACTIVATIONS) as Activation[]).flatMap(activation => toActivationCases(activation)),
  ...[0, 0.1].map(labelSmoothing =>
    toLossCase(
      { type: 'nll', labelSmoothing },
      `(F.cross_entropy(x, ids, reduction='none', label_smoothing=${labelSmoothing}) * weights).sum()`,
    ),
  ),
  {
    // The probability is no part of the gradient.
    ...toLossCase({ type: 'dft', labelSmoothing: 0 }, '(nll * (-nll).exp().detach() * weights).sum()'),
    hasNoSlope: true,
  },
  ...[
    { lengths: [7], blocks: 1, group: 1, keyValueHeadCount: 1, headSize: 4 },
    { lengths: [5, 1, 9], blocks: 3, group: 3, keyValueHeadCount: 2, headSize: 4 },
    { lengths: [20, 11, 3], blocks: 2, group: 2, keyValueHeadCount: 2, headSize: 8, window: 4 },
    { lengths: [20, 11, 3], blocks: 2, group: 2, keyValueHeadCount: 1, headSize: 8, window: 6, softCap: 1.5 },
  ].map(toAttentionCase),
]

function toActivationCases(activation: Activation): readonly GradientCase[] {
  const torch = ACTIVATIONS[activation]
  // Away from the corner, where there is no slope.
  const range = activation === 'relu' ? { range: [0.1, 1] as const } : {}
  return [
    one(x => activate(x, activation), torch('x'), { note: `activate by ${activation}`, ...range }),
    two((gate, up) => gated(gate, up, activation), `${torch('a')} * b`, {
      note: `gated by ${activation}`,
      ...range,
    }),
    {
      note: `halves gated by ${activation}`,
      shapes: (n, m) => [[n, 2 * m]],
      build: ([x]) => gatedHalves(x!, activation),
      torch: `${torch('x[:, :m]')} * x[:, m:]`,
      ...range,
    },
  ]
}

/** The loss of targets 0, 1, 2 … and over again, of which each weighs a quarter more than the one before. */
function toLossCase(options: Parameters<typeof crossEntropy>[2], torch: string): GradientCase {
  const build = (logits: Tensor, n: number, m: number): Tensor => {
    const { graph } = logits
    const targets = graph.constant(BigInt64Array.from(Array(n).keys(), i => BigInt(i % m)))
    const weights = graph.constant(Float32Array.from(Array(n).keys(), i => i / 4))
    return crossEntropy(logits, { targets, weights }, options).total
  }
  const given = 'ids=torch.arange(n) % m, weights=torch.arange(n) / 4'
  const nll = "nll=F.cross_entropy(x, torch.arange(n) % m, reduction='none')"
  return one(build, `(lambda ${given}, ${nll}: ${torch}.reshape(1, 1))()`, {
    note: `crossEntropy, ${options.type}, ${options.labelSmoothing} smoothed`,
  })
}

export function toAttentionCase({ lengths, blocks: count, window, softCap, ...sizes }: Pack): GradientCase {
  const { group, keyValueHeadCount, headSize } = sizes
  const headCount = group * keyValueHeadCount
  const sequences = lengths.flatMap((length, s) => Array<number>(length).fill(s))
  const tokens = sequences.length
  const plan = planAttention(Int32Array.from(sequences), { blocks: count, window })
  const toShape = (heads: number): readonly number[] => [tokens, heads * headSize]
  const toFeed = (data: BigInt64Array): Value => ({ data, shape: [data.length] })
  const limits = `window=${window ?? 'None'}, soft_cap=${softCap ?? 'None'}`
  return {
    note: `attention over ${lengths.join(', ')} in ${count}, ${limits}`,
    shapes: () => [headCount, keyValueHeadCount, keyValueHeadCount].map(toShape),
    build: ([q, k, v], _, __, graph) => {
      const bounds = graph.input('bounds', 'int64', [count + 1])
      const keyStarts = graph.input('keyStarts', 'int64', [count])
      const sequenceIds = graph.input('sequenceIds', 'int64', ['tokens'])
      const rows = graph.input('rows', 'int64', ['tokens'])
      const blocks = toAttentionBlocks({ bounds, keyStarts, sequenceIds, rows }, { count, window })
      return attention(q!, k!, v!, { headCount, keyValueHeadCount, headSize, scale: 0.8, softCap, blocks })
    },
    torch: `attention(a, b, c, [${lengths.join(', ')}], (${headCount}, ${keyValueHeadCount}), 0.8, ${limits})`,
    feeds: {
      bounds: toFeed(plan.bounds),
      keyStarts: toFeed(plan.keyStarts),
      sequenceIds: toFeed(BigInt64Array.from(sequences, BigInt)),
      rows: toFeed(BigInt64Array.from(sequences.keys(), BigInt)),
    },
    tokens,
  }
}
