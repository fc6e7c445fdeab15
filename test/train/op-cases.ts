// Each op that has a gradient, beside what PyTorch calls it.
import { checkpoint } from '../../src/train/graph/gradients.ts'
import type { Graph } from '../../src/train/graph/graph.ts'
import * as ops from '../../src/train/graph/ops/index.ts'
import type { Tensor } from '../../src/train/graph/tensor.ts'
import { column, type GradientCase, one, row, two } from './gradient-case.ts'

/** Ops without a gradient, and those that gradients alone are made of. */
export const WITHOUT_GRADIENT = [
  'and',
  'equal',
  'expandTo',
  'greater',
  'less',
  'lessOrEqual',
  'not',
  'scatterAddColumns',
  'scatterAddRows',
  'shapeOf',
  'sumTo',
  'widen',
  'zerosLike',
] as const

type Op = Exclude<keyof typeof ops, (typeof WITHOUT_GRADIENT)[number]>
type Cases = readonly [GradientCase, ...GradientCase[]]

/** What the whole numbers of a case are drawn from. */
const FEW = [-2, 2] as const

export const OP_CASES: { readonly [Name in Op]: Cases } = {
  neg: [one(ops.neg, '-x')],
  exp: [one(ops.exp, 'x.exp()')],
  log: [one(ops.log, 'x.log()', { range: [1, 3] })],
  sqrt: [one(ops.sqrt, 'x.sqrt()', { range: [1, 3] })],
  reciprocal: [one(ops.reciprocal, '1 / x', { range: [1, 3] })],
  sigmoid: [one(ops.sigmoid, 'x.sigmoid()')],
  tanh: [one(ops.tanh, 'x.tanh()')],
  erf: [one(ops.erf, 'x.erf()')],
  sin: [one(ops.sin, 'x.sin()')],
  cos: [one(ops.cos, 'x.cos()')],
  relu: [
    one(ops.relu, 'x.relu()', { range: [0.1, 1] }),
    one(ops.relu, 'x.relu()', { note: 'below zero', range: [-2, -1] }),
    one(ops.relu, 'x.relu()', { note: 'at zero', range: FEW, isWhole: true, hasNoSlope: true }),
  ],
  add: [two(ops.add, 'a + b'), two(ops.add, 'a + b', { note: 'of a row', shapes: row })],
  sub: [
    two(ops.sub, 'a - b', { shapes: column }),
    one(x => ops.sub(1, x), '1 - x', { note: 'from a number' }),
  ],
  mul: [two(ops.mul, 'a * b', { shapes: row }), one(x => ops.mul(x, x), 'x * x', { note: 'by itself' })],
  div: [
    two(ops.div, 'a / b', { shapes: column, range: [1, 3] }),
    one(x => ops.div(3, x), '3 / x', { note: 'of a number', range: [1, 3] }),
    one(x => ops.div(x, 3), 'x / 3', { note: 'by a number' }),
  ],
  where: [
    two((a, b, n, m) => ops.where(isThird(a.graph, n, m), a, b), 'torch.where(third(n, m), a, b)'),
    one((x, n, m) => ops.where(isThird(x.graph, n, m), 3, x), 'torch.where(third(n, m), 3, x)', {
      note: 'of a number',
    }),
    two((a, b, n, m) => ops.where(isThird(a.graph, n, m), a, b), 'torch.where(third(n, m), a, b)', {
      note: 'of a column',
      shapes: column,
    }),
  ],
  // Numbers of 16 bits have steps, not slopes.
  cast: [
    one(x => ops.cast(ops.cast(x, 'float16'), 'float32'), 'x.half().double()', { hasNoSlope: true }),
    one(x => ops.cast(ops.cast(x, 'bfloat16'), 'float32'), 'x.bfloat16().double()', {
      note: 'to bfloat16',
      hasNoSlope: true,
    }),
  ],
  reduceSum: [
    one(x => ops.reduceSum(x), 'x.sum(-1, keepdim=True)'),
    one(x => ops.reduceSum(x, [0, 1]), 'x.sum((0, 1), keepdim=True)', { note: 'of all' }),
  ],
  reduceMean: [
    one(x => ops.reduceMean(x, 0), 'x.mean(0, keepdim=True)'),
    one(x => ops.reduceMean(x), 'x.mean(-1, keepdim=True)', { note: 'of a row' }),
  ],
  reduceMax: [
    one(
      (x, _, m) =>
        ops.reduceMax(ops.add(x, x.graph.constant(Float32Array.from(Array(m).keys(), i => 9 * i)))),
      '(x + 9 * torch.arange(m)).amax(-1, keepdim=True)',
    ),
    one(x => ops.reduceMax(x), 'x.amax(-1, keepdim=True)', {
      note: 'of equals',
      range: FEW,
      isWhole: true,
      hasNoSlope: true,
    }),
  ],
  softmax: [
    one(ops.softmax, 'x.softmax(-1)'),
    one(ops.softmax, 'x.softmax(-1)', {
      note: 'of large numbers',
      range: [-90, 90],
      isWhole: true,
      hasNoSlope: true,
    }),
  ],
  logSoftmax: [
    one(ops.logSoftmax, 'x.log_softmax(-1)'),
    one(ops.logSoftmax, 'x.log_softmax(-1)', {
      note: 'of large numbers',
      range: [-90, 90],
      isWhole: true,
      hasNoSlope: true,
    }),
  ],
  reshape: [one((x, n, m) => ops.exp(ops.reshape(x, [m, n])), 'x.reshape(m, n).exp()')],
  transpose: [
    one(x => ops.transpose(x, [1, 0]), 'x.T'),
    {
      note: 'of four axes',
      shapes: (n, m) => [[n, 2, m, 3]],
      build: ([x]) => ops.transpose(x!, [1, 2, 0, 3]),
      torch: 'x.permute(1, 2, 0, 3)',
    },
  ],
  concat: [two((a, b) => ops.concat([a, b, a], { axis: 1 }), 'torch.cat([a, b, a], 1)', { shapes: column })],
  slice: [
    one((x, _, m) => ops.slice(x, { axis: 1, start: 1, end: m, dim: m - 1 }), 'x[:, 1:m]'),
    one(
      x => {
        const [start, end] = [x.graph.integers([0]), x.graph.integers([1])]
        return ops.slice(x, { axis: 0, start, end, dim: 1 })
      },
      'x[0:1]',
      { note: 'by tensors' },
    ),
  ],
  matmul: [
    products('', ops.matmul, 'a @ b', (n, m) => [
      [2, n, m],
      [2, m, 3],
    ]),
    products(
      'with a transposed',
      (a, b) => ops.matmul(a, b, { transA: true, alpha: 0.5 }),
      'a.mT @ b / 2',
      (n, m) => [
        [2, m, n],
        [2, m, 3],
      ],
    ),
    products(
      'with b transposed',
      (a, b) => ops.matmul(a, b, { transB: true }),
      'a @ b.mT',
      (n, m) => [
        [2, n, m],
        [2, 3, m],
      ],
    ),
    products(
      'with both transposed',
      (a, b) => ops.matmul(a, b, { transA: true, transB: true, alpha: 2 }),
      '2 * a.mT @ b.mT',
      (n, m) => [
        [m, n],
        [3, m],
      ],
    ),
    products('of a batch of one', ops.matmul, 'a @ b', (n, m) => [
      [2, n, m],
      [1, m, 3],
    ]),
  ],
  gemm: [
    products(
      '',
      (a, b) => ops.gemm(a, b, { alpha: 0.5 }),
      'a @ b / 2',
      (n, m) => [
        [n, m],
        [m, 3],
      ],
    ),
    products(
      'with both transposed',
      (a, b) => ops.gemm(a, b, { transA: true, transB: true, alpha: 2 }),
      '2 * a.T @ b.T',
      (n, m) => [
        [m, n],
        [3, m],
      ],
    ),
    {
      note: 'plus a row',
      shapes: (n, m) => [[n, m], [m, 3], [3]],
      build: ([a, b, c]) => ops.gemm(a!, b!, { alpha: 2, plus: c }),
      torch: '2 * a @ b + c',
    },
  ],
  linear: [
    {
      shapes: (n, m) => [[n, m], [3, m], [3], [n, 3]],
      build: ([x, weight, bias, plus]) => ops.linear(x!, weight!, { bias, plus, alpha: 2 }),
      torch: '2 * F.linear(a, b) + c + d',
    },
    {
      note: 'with a bias',
      shapes: (n, m) => [[n, m], [3, m], [3]],
      build: ([x, weight, bias]) => ops.linear(x!, weight!, { bias }),
      torch: 'F.linear(a, b, c)',
    },
  ],
  gatherRows: [one(x => ops.gatherRows(x, x.graph.integers([1, 0, 1])), 'x[[1, 0, 1]]')],
  gatherColumns: [
    one(
      (x, n) =>
        ops.gatherColumns(
          x,
          x.graph.constant(
            BigInt64Array.from(Array(n).keys(), i => BigInt(i % 2)),
            [n, 1],
          ),
        ),
      'x.gather(1, torch.arange(n)[:, None] % 2)',
    ),
  ],
  rotary: [
    turned('', {}, 'rotary(x, heads=2, pairs=2)'),
    turned('of neighbours', { isInterleaved: true }, 'rotary(x, heads=2, pairs=2, interleaved=True)'),
    turned('of a part', { rotatedDim: 2 }, 'rotary(x, heads=2, pairs=1)'),
  ],
  pad: [
    one(
      (x, n) => ops.pad(x, { axis: 0, pads: x.graph.integers([1, 2]), dim: n + 3 }),
      'F.pad(x, (0, 0, 1, 2))',
    ),
  ],
}

/** Ops in company: what the backward pass does where values have several readers, or are made once more. */
export const COMPOSED_CASES: readonly GradientCase[] = [
  two(
    (a, b) => {
      const y = checkpoint(a.graph, () => ops.mul(ops.exp(a), ops.sigmoid(ops.mul(a, b))))
      return ops.mul(y, a)
    },
    'a.exp() * (a * b).sigmoid() * a',
    { note: 'a checkpointed part' },
  ),
  products(
    'a sum of products',
    (a, b) => ops.add(ops.gemm(a, b), ops.gemm(ops.add(ops.gemm(a, b), ops.gemm(a, b, { alpha: 2 })), b)),
    'a @ b + (a @ b + 2 * a @ b) @ b',
    n => [
      [n, 3],
      [3, 3],
    ],
  ),
  one(
    x => {
      const indexes = x.graph.integers([0, 1, 0])
      return ops.mul(ops.gatherRows(x, indexes), ops.gatherRows(ops.add(x, 0), indexes))
    },
    'x[[0, 1, 0]] ** 2',
    { note: 'a table that is read twice' },
  ),
  one(
    x => ops.gemm(ops.gatherRows(x, x.graph.integers([0, 1, 0])), x, { transB: true }),
    'x[[0, 1, 0]] @ x.T',
    {
      note: 'a table of a product and of rows',
    },
  ),
  one(x => ops.add(ops.add(ops.exp(x), ops.mul(x, x)), x), 'x.exp() + x * x + x', {
    note: 'a value with three readers',
  }),
]

function products(
  note: string,
  build: (a: Tensor, b: Tensor) => Tensor,
  torch: string,
  shapes: GradientCase['shapes'],
): GradientCase {
  return { note, shapes, build: ([a, b]) => build(a!, b!), torch }
}

function turned(
  note: string,
  options: { readonly rotatedDim?: number; readonly isInterleaved?: boolean },
  torch: string,
): GradientCase {
  const heads = 2
  const build = (x: Tensor, n: number): Tensor =>
    ops.rotary(x, makeTables(x.graph, n, (options.rotatedDim ?? 4) / 2), { heads, ...options })
  return { note, shapes: n => [[n, 8]], build: ([x], n) => build(x!, n), torch }
}

/** Every third element of [n, m], which torch_gradients.py calls `third(n, m)`. */
function isThird(graph: Graph, n: number, m: number): Tensor {
  const remainders = Float32Array.from(Array(n * m).keys(), i => i % 3)
  return ops.less(graph.constant(remainders, [n, m]), 0.5)
}

function makeTables(graph: Graph, n: number, pairs: number): ops.RotaryTables {
  const angles = Array.from(Array(n * pairs).keys(), i => i / 3)
  return {
    cos: graph.constant(Float32Array.from(angles, Math.cos), [n, pairs]),
    sin: graph.constant(Float32Array.from(angles, Math.sin), [n, pairs]),
    rows: graph.constant(BigInt64Array.from(Array(n).keys(), BigInt), [1, n]),
  }
}
