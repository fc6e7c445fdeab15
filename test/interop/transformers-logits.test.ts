import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { askModels, type ModelAnswer, python } from './model-oracle.ts'
import { findShared, whyNoPython } from './python.ts'
import { runLogits, toBatch } from './run-decoder.ts'
import { TINY_MODELS } from './tiny-models.ts'

const skip = python === undefined ? whyNoPython('trl-1.16') : false
const folder = mkdtempSync(join(tmpdir(), 'lossline-logits-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Longer than any window, one of one token, one of two. */
const SEQUENCES: readonly (readonly number[])[] = [
  Array.from({ length: 19 }, (_, i) => (7 * i + 3) % 61),
  [5],
  [60, 0],
  Array.from({ length: 12 }, (_, i) => (11 * i * i + 1) % 61),
]

describe("a pack's logits are those that transformers gives each sequence alone", { skip }, () => {
  let answers: ModelAnswer[] = []
  before(() => {
    const cases = TINY_MODELS.map((tiny, i) => ({
      ...tiny,
      folder: join(folder, String(i)),
      seed: i,
      // In transformers longrope's factors follow from the sequence; in a pack from the longest of the batch.
      sequences: tiny.name.includes('longrope') ? SEQUENCES.filter(ids => ids.length > 8) : SEQUENCES,
    }))
    answers = askModels(cases)
  })
  for (const [i, { name }] of TINY_MODELS.entries()) {
    test(name, async () => {
      const sequences = name.includes('longrope') ? SEQUENCES.filter(ids => ids.length > 8) : SEQUENCES
      const logits = await runLogits(join(folder, String(i)), toBatch(sequences))
      checkLogits(logits, answers[i]!.logits)
    })
  }
})

test('stories260K has the logits that transformers gives it', { skip }, async t => {
  const model = findShared('models/stories260K')
  if (model === undefined) return t.skip('../shared is not here')
  const sequences = [Array.from({ length: 40 }, (_, i) => (i * i * 31 + 1) % 512), [1, 403, 407]]
  const [answer] = askModels([
    { folder: model, make: false, modelType: 'llama', config: {}, seed: 0, dtype: 'float32', sequences },
  ])
  checkLogits(await runLogits(model, toBatch(sequences)), answer!.logits)
})

function checkLogits(ours: Float32Array, theirs: Float32Array): void {
  assert.equal(ours.length, theirs.length)
  const spread = Math.max(...theirs) - Math.min(...theirs)
  assert.ok(spread > 1, `logits say little: their spread is ${spread}`)
  const worst = ours.reduce((largest, value, i) => Math.max(largest, Math.abs(value - theirs[i]!)), 0)
  if (process.env['SHOW']) console.log(worst, spread)
  assert.ok(worst < 1e-4, `differ by ${worst}`)
}
