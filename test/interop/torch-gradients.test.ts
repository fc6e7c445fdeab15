/** Each op and each layer with a gradient of its own: what it gives and its gradients, in fp32, against PyTorch's autograd in fp64. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type GradientCase, toProblem } from '../train/gradient-case.ts'
import { LAYER_CASES } from '../train/layer-cases.ts'
import { COMPOSED_CASES, OP_CASES } from '../train/op-cases.ts'
import { openProblem } from '../train/run-gradients.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const python = findPython('trl-1.16')
const skip = python === undefined && whyNoPython('trl-1.16')

/** Of the largest number of a tensor; the largest that was seen is 1.2e-6, of attention (single ops: under 4e-7). */
const MAX_ERROR = 5e-6
/** dy is of the size of 1: a gradient much smaller than that is what was left when larger numbers cancelled. */
const MIN_SCALE = 0.01
const SIZES = [
  { n: 2, m: 2, seed: 1 },
  { n: 3, m: 5, seed: 2 },
  { n: 19, m: 12, seed: 3 },
]
const RANGE = [-3, 3] as const

const CASES: readonly (readonly [name: string, item: GradientCase])[] = [
  ...Object.entries(OP_CASES).flatMap(([op, cases]) =>
    cases.map(item => [[op, item.note].join(' ').trim(), item] as const),
  ),
  ...[...COMPOSED_CASES, ...LAYER_CASES].map(item => [item.note!, item] as const),
]

/** Tensors by what they are: `y`, `gradient 0` … */
type Tensors = ReadonlyMap<string, ArrayLike<number>>

interface Run {
  readonly name: string
  readonly ours: Tensors
  readonly question: object
}

describe('outputs and gradients are those of PyTorch', { skip }, () => {
  const found = new Map<string, { ours: Tensors; theirs: Tensors }[]>()
  before(async () => {
    const runs: Run[] = []
    for (const [name, item] of CASES) for (const sizes of SIZES) runs.push(await runOurs(name, item, sizes))
    const questions = runs.map(({ question }) => question)
    const answers = runPython(python!, 'test/interop/torch_gradients.py', questions)
    for (const [i, { name, ours }] of runs.entries()) {
      const { y, gradients } = answers[i] as { y: number[]; gradients: number[][] }
      found.set(name, [...(found.get(name) ?? []), { ours, theirs: toTensors(y, gradients) }])
    }
  })
  for (const [name] of CASES) {
    test(name, () => {
      const runs = found.get(name)!
      assert.equal(runs.length, SIZES.length)
      for (const { ours, theirs } of runs) checkTensors(ours, theirs)
    })
  }
})

async function runOurs(name: string, item: GradientCase, sizes: (typeof SIZES)[number]): Promise<Run> {
  const { inputs, dy, run } = await openProblem(toProblem(item, sizes, RANGE))
  const { y, gradients } = await run(inputs)
  const toJson = ({ shape, data }: (typeof inputs)[number]): object => ({ shape, data: [...data] })
  const { n, m } = sizes
  const question = { torch: item.torch, n, m, inputs: inputs.map(toJson), dy: toJson(dy) }
  return { name, ours: toTensors(y, gradients), question }
}

function toTensors(y: ArrayLike<number>, gradients: readonly ArrayLike<number>[]): Tensors {
  return new Map([['y', y], ...gradients.map((gradient, i) => [`gradient ${i}`, gradient] as const)])
}

function checkTensors(ours: Tensors, theirs: Tensors): void {
  assert.deepEqual([...ours.keys()], [...theirs.keys()])
  for (const [what, expected] of theirs) {
    const numbers = Array.from(ours.get(what)!)
    assert.equal(numbers.length, expected.length, what)
    const scale = Math.max(MIN_SCALE, ...Array.from(expected, Math.abs))
    const error = Math.max(...numbers.map((value, i) => Math.abs(value - expected[i]!))) / scale
    if (process.env['SHOW']) console.log(what, error)
    assert.ok(error < MAX_ERROR, `${what} differs by ${error} of its largest number`)
  }
}
