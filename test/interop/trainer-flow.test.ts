import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig, settleConfig } from '../../src/train/config/index.ts'
import { decideFlow, toIntervals } from '../../src/train/progress/index.ts'
import { random } from '../random.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const python = findPython('trl-1.16')
const skip = python === undefined && whyNoPython('trl-1.16')

test('logs, evaluates and saves after the same steps as transformers’ Trainer', { skip }, () => {
  const next = random(7)
  const pick = <Value>(...values: readonly Value[]): Value => values[next(values.length)]!
  const cases = Array.from({ length: 120 }, () => ({
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
