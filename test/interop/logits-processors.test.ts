import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  divideByTemperature,
  keepTopK,
  keepTopP,
  penaliseRepetition,
} from '../../src/train/generate/processors.ts'
import { makeDraws } from '../../src/train/generate/random.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

test('processors leave of logits what transformers’ leave', t => {
  const python = findPython('trl-1.16')
  if (python === undefined) return t.skip(whyNoPython('trl-1.16'))
  const random = makeDraws(7)
  const cases = Array.from({ length: 200 }, () => {
    const size = 2 + Math.floor(random() * 40)
    return {
      logits: Array.from({ length: size }, () => Math.fround((random() - 0.5) * 12)),
      seen: Array.from({ length: 5 }, () => Math.floor(random() * size)),
      options: {
        repetition_penalty: 1 + random(),
        temperature: 0.3 + random() * 2,
        top_k: 1 + Math.floor(random() * 50),
        top_p: 0.05 + 0.95 * random(),
      },
    }
  })
  const expected = runPython(python, 'test/interop/logits_processors.py', cases) as (number | null)[][]
  for (const [c, { logits, seen, options }] of cases.entries()) {
    const ours = Float32Array.from(logits)
    penaliseRepetition(ours, seen, options.repetition_penalty)
    divideByTemperature(ours, options.temperature)
    keepTopK(ours, options.top_k)
    keepTopP(ours, options.top_p)
    for (const [id, theirs] of expected[c]!.entries()) {
      const message = `case ${c}, id ${id}: ${ours[id]} for ${theirs}`
      if (theirs === null) assert.equal(ours[id], Number.NEGATIVE_INFINITY, message)
      else assert.ok(Math.abs(ours[id]! - theirs) <= 1e-5 * (1 + Math.abs(theirs)), message)
    }
  }
})
