import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkpointFolder, listCheckpoints, rotateCheckpoints } from '../../src/train/checkpoint/index.ts'
import { readConfig, settleConfig } from '../../src/train/config/index.ts'
import {
  addEvaluation,
  decideFlow,
  FIRST_PROGRESS,
  type Progress,
  toIntervals,
} from '../../src/train/progress/index.ts'
import { random } from '../random.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const python = findPython('trl-1.16')
const skip = python === undefined && whyNoPython('trl-1.16')

const next = random(7)
const pick = <Value>(...values: readonly Value[]): Value => values[next(values.length)]!

test('logs, evaluates and saves after the same steps as transformers’ Trainer', { skip }, () => {
  const cases = Array.from({ length: 120 }, () => ({
    do: 'flow',
    steps: 1 + next(30),
    steps_per_epoch: 1 + next(9),
    options: {
      logging_strategy: pick('no', 'steps', 'epoch'),
      logging_steps: pick(1, 3, 7, 0.3),
      logging_first_step: pick(true, false),
      eval_strategy: pick('no', 'steps', 'epoch'),
      eval_steps: pick(2, 5, 0.25),
      eval_delay: pick(0, 0, 3, 1.5),
      save_strategy: pick('no', 'steps', 'epoch'),
      save_steps: pick(2, 4, 0.5),
    },
  }))
  const answers = runPython(python!, 'test/interop/trainer_flow.py', cases) as boolean[][][]
  for (const [c, { steps, steps_per_epoch: stepsPerEpoch, options }] of cases.entries()) {
    const { config } = settleConfig(readConfig(options).config)
    const counts = { examples: 0, batchesPerEpoch: stepsPerEpoch, stepsPerEpoch, epochs: 0, steps }
    const intervals = toIntervals(config, counts)
    const ours = Array.from({ length: steps }, (_, s) => {
      const step = s + 1
      const isLast = step === steps
      const isEpochEnd = isLast || step % stepsPerEpoch === 0
      const flow = decideFlow({ config, intervals, step, epoch: step / stepsPerEpoch, isEpochEnd, isLast })
      return [flow.log, flow.evaluate, flow.save]
    })
    assert.deepEqual(ours, answers[c], JSON.stringify(cases[c]))
  }
})

test('finds the best evaluation, and counts those without a better one, as transformers does', {
  skip,
}, () => {
  const cases = Array.from({ length: 60 }, () => ({
    do: 'best',
    greater: pick(true, false),
    patience: 3,
    threshold: pick(0, 0, 0.5),
    metrics: Array.from({ length: 12 }, () => next(9) / 3),
  }))
  const answers = runPython(python!, 'test/interop/trainer_flow.py', cases) as [boolean, number][][]
  for (const [c, { greater, threshold, metrics }] of cases.entries()) {
    let progress: Progress = FIRST_PROGRESS
    const ours = metrics.map(metric => {
      const seen = addEvaluation(progress, metric, { greaterIsBetter: greater, threshold })
      progress = seen.progress
      return [seen.isBest, progress.worseEvaluations]
    })
    assert.deepEqual(ours, answers[c], JSON.stringify(cases[c]))
  }
})

test('keeps the checkpoints that transformers keeps', { skip }, t => {
  const parent = mkdtempSync(join(tmpdir(), 'lossline-keep-'))
  t.after(() => rmSync(parent, { recursive: true }))
  const cases = Array.from({ length: 60 }, () => {
    const steps = Array.from({ length: 1 + next(6) }, (_, s) => 5 * (s + 1))
    return { do: 'keep', steps, best: pick(null, ...steps), limit: 1 + next(4) }
  })
  const answers = runPython(python!, 'test/interop/trainer_flow.py', cases) as number[][]
  for (const [c, { steps, best, limit }] of cases.entries()) {
    const output = join(parent, String(c))
    for (const step of steps) {
      mkdirSync(checkpointFolder(output, step), { recursive: true })
      writeFileSync(join(checkpointFolder(output, step), 'trainer_state.json'), '{}')
    }
    rotateCheckpoints(output, limit, best ?? undefined)
    assert.deepEqual(listCheckpoints(output), answers[c], JSON.stringify(cases[c]))
  }
})
