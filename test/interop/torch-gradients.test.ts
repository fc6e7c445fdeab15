import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { askModels, type ModelAnswer, python } from './model-oracle.ts'
import { whyNoPython } from './python.ts'
import { runBackward, toBatch } from './run-decoder.ts'
import { TINY_MODELS } from './tiny-models.ts'

const skip = python === undefined ? whyNoPython('trl-1.16') : false
const folder = mkdtempSync(join(tmpdir(), 'lossline-gradients-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Longer than any window, and all longer than what longrope's factors change at. */
const SEQUENCES: readonly (readonly number[])[] = [
  Array.from({ length: 19 }, (_, i) => (7 * i + 3) % 61),
  Array.from({ length: 9 }, (_, i) => (5 * i + 50) % 61),
  Array.from({ length: 12 }, (_, i) => (11 * i * i + 1) % 61),
]

/** Some tokens are not trained, some more than others; divided by their sum, as a trainer does. */
const TARGET_WEIGHTS = SEQUENCES.map(ids =>
  ids.slice(1).map((id, t) => (t % 3 === 1 ? 0 : (1 + (id % 3) / 2) / 25)),
)

describe("gradients of all weights are PyTorch's", { skip }, () => {
  let answers: ModelAnswer[] = []
  before(() => {
    const cases = TINY_MODELS.map((tiny, i) => ({
      ...tiny,
      folder: join(folder, String(i)),
      seed: i,
      sequences: SEQUENCES,
      targetWeights: TARGET_WEIGHTS,
    }))
    answers = askModels(cases)
  })
  for (const [i, { name }] of TINY_MODELS.entries()) {
    test(name, async () => {
      const batch = toBatch(SEQUENCES, TARGET_WEIGHTS)
      const { loss, gradients } = answers[i]!
      for (const isCheckpointed of [false, true]) {
        const ours = await runBackward(join(folder, String(i)), batch, { isCheckpointed })
        assert.ok(Math.abs(ours.loss - loss!) < 1e-5 * loss!, `loss ${ours.loss}, expected ${loss}`)
        assert.deepEqual(Object.keys(ours.gradients).sort(), Object.keys(gradients).sort())
        for (const [weight, gradient] of Object.entries(gradients)) {
          checkGradient(ours.gradients[weight]!, gradient, weight)
        }
      }
    })
  }
})

/** Relative to the tensor's largest: where terms cancel out, each number alone is noise. */
function checkGradient(ours: Float32Array, theirs: Float32Array, name: string): void {
  assert.equal(ours.length, theirs.length, name)
  const largest = theirs.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const worst = ours.reduce((max, value, i) => Math.max(max, Math.abs(value - theirs[i]!)), 0)
  assert.ok(largest > 1e-6, `${name} has no gradient: ${largest}`)
  assert.ok(worst < 1e-4 * largest, `${name} differs by ${worst / largest} of its largest`)
}
