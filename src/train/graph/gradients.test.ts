import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { checkSlope } from '../../../test/train/check-slope.ts'
import { checkpoint } from './gradients.ts'
import type { Graph } from './graph.ts'
import * as ops from './ops/index.ts'
import type { Tensor } from './tensor.ts'

/** An op of float inputs: their shapes, and what is made of them. */
interface Case {
  readonly shapes: (n: number, m: number) => readonly (readonly number[])[]
  readonly build: (inputs: readonly Tensor[], n: number, m: number) => Tensor
  readonly range?: readonly [number, number]
}

const one = (build: (x: Tensor) => Tensor, range?: readonly [number, number]): Case => ({
  shapes: (n, m) => [[n, m]],
  build: ([x]) => build(x!),
  ...(range && { range }),
})
const two = (
  build: (a: Tensor, b: Tensor) => Tensor,
  shapes: Case['shapes'],
  range?: readonly [number, number],
): Case => ({ shapes, build: ([a, b]) => build(a!, b!), ...(range && { range }) })

const same: Case['shapes'] = (n, m) => [
  [n, m],
  [n, m],
]
const row: Case['shapes'] = (n, m) => [[n, m], [m]]
const column: Case['shapes'] = (n, m) => [
  [n, 1],
  [n, m],
]

const CASES: Readonly<Record<string, Case>> = {
  neg: one(ops.neg),
  exp: one(ops.exp),
  log: one(ops.log, [1, 3]),
  sqrt: one(ops.sqrt, [1, 3]),
  reciprocal: one(ops.reciprocal, [1, 3]),
  sigmoid: one(ops.sigmoid),
  tanh: one(ops.tanh),
  erf: one(ops.erf),
  sin: one(ops.sin),
  cos: one(ops.cos),
  relu: one(ops.relu, [0.1, 1]),
  'relu below zero': one(x => ops.relu(ops.sub(x, 2))),
  add: two(ops.add, same),
  'add of a row': two(ops.add, row),
  sub: two(ops.sub, column),
  mul: two(ops.mul, row),
  'mul by itself': one(x => ops.mul(x, x)),
  div: two(ops.div, column, [1, 3]),
  'a number first': one(x => ops.div(ops.sub(1, x), 3), [1, 3]),
  where: two(
    (a, b) => ops.where(ops.less(b.graph.constant(Float32Array.of(0), []), b), a, b),
    same,
    [0.1, 1],
  ),
  'where of a number': one(x => ops.where(ops.greater(x, 10), 3, x)),
  reduceSum: one(ops.reduceSum),
  'reduceSum of all': one(x => ops.reduceSum(x, [0, 1])),
  reduceMean: one(x => ops.reduceMean(x, 0)),
  reduceMax: one(x =>
    ops.reduceMax(
      ops.add(x, x.graph.constant(Float32Array.from({ length: x.shape[1] as number }, (_, i) => 3 * i))),
    ),
  ),
  softmax: one(ops.softmax),
  logSoftmax: one(ops.logSoftmax),
  reshape: { shapes: (n, m) => [[n, m]], build: ([x], n, m) => ops.exp(ops.reshape(x!, [m, n])) },
  transpose: one(x => ops.transpose(x, [1, 0])),
  concat: two((a, b) => ops.concat([a, b, a], { axis: 1 }), column),
  slice: one(x =>
    ops.slice(x, { axis: 1, start: 1, end: x.shape[1] as number, dim: (x.shape[1] as number) - 1 }),
  ),
  'slice by tensors': one(x => {
    const [start, end] = [x.graph.integers([0]), x.graph.integers([1])]
    return ops.slice(x, { axis: 0, start, end, dim: 1 })
  }),
  matmul: two(ops.matmul, (n, m) => [
    [2, n, m],
    [2, m, 3],
  ]),
  'matmul, a transposed': two(
    (a, b) => ops.matmul(a, b, { transA: true, alpha: 0.5 }),
    (n, m) => [
      [2, m, n],
      [2, m, 3],
    ],
  ),
  'matmul, b transposed': two(
    (a, b) => ops.matmul(a, b, { transB: true }),
    (n, m) => [
      [2, n, m],
      [2, 3, m],
    ],
  ),
  'matmul, both transposed': two(
    (a, b) => ops.matmul(a, b, { transA: true, transB: true, alpha: 2 }),
    (n, m) => [
      [m, n],
      [3, m],
    ],
  ),
  'matmul of a batch of one': two(ops.matmul, (n, m) => [
    [2, n, m],
    [1, m, 3],
  ]),
  gemm: two(
    (a, b) => ops.gemm(a, b, { alpha: 0.5 }),
    (n, m) => [
      [n, m],
      [m, 3],
    ],
  ),
  'gemm, both transposed': two(
    (a, b) => ops.gemm(a, b, { transA: true, transB: true, alpha: 2 }),
    (n, m) => [
      [m, n],
      [3, m],
    ],
  ),
  linear: {
    shapes: (n, m) => [[n, m], [3, m], [3], [n, 3]],
    build: ([x, weight, bias, plus]) => ops.linear(x!, weight!, { bias, plus, alpha: 2 }),
  },
  'linear with a bias': {
    shapes: (n, m) => [[n, m], [3, m], [3]],
    build: ([x, w, bias]) => ops.linear(x!, w!, { bias }),
  },
  gatherRows: one(x => ops.gatherRows(x, x.graph.integers([1, 0, 1]))),
  gatherColumns: one(x =>
    ops.gatherColumns(
      x,
      x.graph.constant(
        BigInt64Array.from({ length: x.shape[0] as number }, (_, i) => BigInt(i % 2)),
        [x.shape[0] as number, 1],
      ),
    ),
  ),
  rotary: {
    shapes: n => [[n, 8]],
    build: ([x], n) => ops.rotary(x!, makeTables(x!.graph, n, 2), { heads: 2 }),
  },
  'rotary of neighbours': {
    shapes: n => [[n, 8]],
    build: ([x], n) => ops.rotary(x!, makeTables(x!.graph, n, 2), { heads: 2, isInterleaved: true }),
  },
  'rotary of a part': {
    shapes: n => [[n, 8]],
    build: ([x], n) => ops.rotary(x!, makeTables(x!.graph, n, 1), { heads: 2, rotatedDim: 2 }),
  },
  pad: {
    shapes: (n, m) => [[n, m]],
    build: ([x], n) => ops.pad(x!, { axis: 0, pads: x!.graph.integers([1, 2]), dim: n + 3 }),
  },
  'a checkpointed part': two((a, b) => {
    const y = checkpoint(a.graph, () => ops.mul(ops.exp(a), ops.sigmoid(ops.mul(a, b))))
    return ops.mul(y, a)
  }, same),
  'a sum of products': two(
    (a, b) => ops.add(ops.gemm(a, b), ops.gemm(ops.add(ops.gemm(a, b), ops.gemm(a, b, { alpha: 2 })), b)),
    (n, _) => [
      [n, 3],
      [3, 3],
    ],
  ),
  'a table that is read twice': one(x => {
    const indexes = x.graph.integers([0, 1, 0])
    return ops.mul(ops.gatherRows(x, indexes), ops.gatherRows(ops.add(x, 0), indexes))
  }),
  'a table of a product and of rows': one(x =>
    ops.gemm(ops.gatherRows(x, x.graph.integers([0, 1, 0])), x, { transB: true }),
  ),
  'a value with three readers': one(x => ops.add(ops.add(ops.exp(x), ops.mul(x, x)), x)),
}

function makeTables(graph: Graph, n: number, pairs: number): ops.RotaryTables {
  const angles = Float32Array.from({ length: n * pairs }, (_, i) => i / 3)
  return {
    cos: graph.constant(angles.map(Math.cos), [n, pairs]),
    sin: graph.constant(angles.map(Math.sin), [n, pairs]),
    rows: graph.constant(
      BigInt64Array.from({ length: n }, (_, i) => BigInt(i)),
      [1, n],
    ),
  }
}

const sizes = fc.record({
  n: fc.integer({ min: 2, max: 5 }),
  m: fc.integer({ min: 2, max: 6 }),
  seed: fc.nat(),
})

for (const [name, { shapes, build, range }] of Object.entries(CASES)) {
  test(`${name}: the gradient is the slope`, async () => {
    await fc.assert(
      fc.asyncProperty(sizes, ({ n, m, seed }) =>
        checkSlope({
          inputs: shapes(n, m).map(shape => ({ shape })),
          build: inputs => build(inputs, n, m),
          ...(range && { range }),
          seed,
        }),
      ),
      { numRuns: 5 },
    )
  })
}

/** Ops without a gradient, parts of the gradients of others, and `cast`, whose rounding hides the slope. */
const OTHERS =
  'and cast equal expandTo lessOrEqual not scatterAddColumns scatterAddRows shapeOf sumTo widen zerosLike'

test('every op with a gradient is in the table', () => {
  const source = readFileSync(fileURLToPath(import.meta.url), 'utf8')
  const untested = Object.keys(ops).filter(name => !new RegExp(`ops\\.${name}\\b`).test(source))
  assert.equal(untested.sort().join(' '), OTHERS)
})
