import assert from 'node:assert/strict'
import { type FloatValue, type GradientProblem, openProblem } from './run-gradients.ts'

const STEP = 1e-2

/** Holds a gradient to the slope of what it is the gradient of, along a random direction from random inputs. */
export async function checkSlope(problem: GradientProblem): Promise<void> {
  const { inputs, dy, draw, run } = await openProblem(problem)
  const directions = inputs.map(({ shape }) => draw(shape).data)
  const runAt = (step: number): ReturnType<typeof run> =>
    run(inputs.map((input, i) => shift(input, directions[i]!, step)))
  const [before, here, after] = [await runAt(-STEP), await runAt(0), await runAt(STEP)]
  const slope = (dot(after.y, dy.data) - dot(before.y, dy.data)) / (2 * STEP)
  const expected = directions.reduce((sum, direction, i) => sum + dot(here.gradients[i]!, direction), 0)
  const scale = Math.max(1, ...here.gradients.flatMap(gradient => [...gradient.map(Math.abs)]))
  assert.ok(Math.abs(slope - expected) < 5e-3 * scale, `the slope is ${slope}, not ${expected}`)
}

function shift({ data, shape }: FloatValue, direction: Float32Array, step: number): FloatValue {
  return { shape, data: data.map((value, i) => value + step * direction[i]!) }
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}
