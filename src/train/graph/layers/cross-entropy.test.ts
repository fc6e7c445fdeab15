import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { random } from '../../../../test/random.ts'
import { openGraph } from '../../../../test/train/run-graph.ts'
import { gradients } from '../gradients.ts'
import { Graph } from '../graph.ts'
import { crossEntropy } from './cross-entropy.ts'

const OPTIONS = [
  { type: 'nll', labelSmoothing: 0 },
  { type: 'nll', labelSmoothing: 0.1 },
  { type: 'dft', labelSmoothing: 0 },
] as const

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 5 }),
  vocabularySize: fc.integer({ min: 2, max: 9 }),
  seed: fc.nat(),
})

for (const options of OPTIONS) {
  test(`${options.type} with ${options.labelSmoothing} smoothed: what its definition gives, in 64 bits`, async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ rows, vocabularySize, seed }) => {
        const next = random(seed)
        const logits = Float32Array.from({ length: rows * vocabularySize }, () => next(2000) / 100 - 10)
        const targets = Array.from({ length: rows }, () => next(vocabularySize))
        const weights = Float32Array.from({ length: rows }, () => next(5) / 4)
        const run = await openLoss(vocabularySize, options)
        const ours = await run({
          logits: { data: logits, shape: [rows, vocabularySize] },
          targets: { data: BigInt64Array.from(targets, BigInt), shape: [rows] },
          weights: { data: weights, shape: [rows] },
        })
        for (const [row, target] of targets.entries()) {
          const range = [row * vocabularySize, (row + 1) * vocabularySize] as const
          const expected = define([...logits.subarray(...range)], target, options)
          const said = ours['outcomes']!.subarray(4 * row, 4 * row + 4)
          checkClose([...said], [expected.nll, expected.entropy, expected.correct, expected.loss])
          const gradient = expected.gradient.map(value => value * weights[row]!)
          checkClose([...ours['gradient']!.subarray(...range)], gradient)
        }
      }),
      { numRuns: 20 },
    )
  })
}

async function openLoss(
  vocabularySize: number,
  options: (typeof OPTIONS)[number],
): ReturnType<typeof openGraph> {
  const graph = new Graph()
  const logits = graph.input('logits', 'float32', ['targets', vocabularySize])
  const targets = graph.input('targets', 'int64', ['targets'])
  const weights = graph.input('weights', 'float32', ['targets'])
  const { total, outcomes } = crossEntropy(logits, { targets, weights }, options)
  graph.output('outcomes', outcomes)
  const [gradient] = gradients(graph, new Map([[total, graph.constant(Float32Array.of(1), [1, 1])]]), [
    logits,
  ])
  graph.output('gradient', gradient!)
  return openGraph(graph)
}

function define(
  logits: readonly number[],
  target: number,
  { type, labelSmoothing }: (typeof OPTIONS)[number],
): { nll: number; entropy: number; correct: number; loss: number; gradient: number[] } {
  const largest = Math.max(...logits)
  const logSum = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0))
  const logs = logits.map(logit => logit - logSum)
  const nll = -logs[target]!
  const entropy = -logs.reduce((sum, log) => sum + log * Math.exp(log), 0)
  const uniform = labelSmoothing / logits.length
  const wanted = logs.map((_, id) => uniform + (id === target ? 1 - labelSmoothing : 0))
  const smoothed = -logs.reduce((sum, log, id) => sum + log * wanted[id]!, 0)
  const factor = type === 'dft' ? Math.exp(-nll) : 1
  const gradient = logs.map((log, id) => factor * (Math.exp(log) - wanted[id]!))
  const correct = Number(logits[target] === largest)
  return { nll, entropy, correct, loss: factor * smoothed, gradient }
}

function checkClose(ours: readonly number[], expected: readonly number[]): void {
  for (const [i, value] of ours.entries()) {
    assert.ok(
      Math.abs(value - expected[i]!) < 1e-5 * Math.max(1, Math.abs(expected[i]!)),
      `${value}, not ${expected[i]}`,
    )
  }
}
