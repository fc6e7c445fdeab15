import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLogs, type TrainEvent } from '../../src/train/logs/index.ts'
import { makeTokenizer } from '../mask/tokenizer.ts'
import { END, makeEvents, makeFolder, START } from '../train/run-events.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

interface Read {
  readonly scalars: Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>
  readonly texts: Readonly<Record<string, readonly string[]>>
}

test('TensorBoard reads the numbers and texts that were logged, each step once, after a resume too', async t => {
  const python = findPython('trl-1.16')
  if (python === undefined) return t.skip(whyNoPython('trl-1.16'))
  const folder = makeFolder()
  t.after(() => rmSync(folder, { recursive: true }))
  const tokenizer = await makeTokenizer('')
  const write = async (step: number, events: readonly TrainEvent[], seconds: number): Promise<void> => {
    const now = (): number => seconds * 1000
    const logs = await openLogs({ ...START, step }, { folder, tokenizer, now, reportTo: ['tensorboard'] })
    for (const event of events) await logs.write(event)
    await logs.close()
  }
  // The first run is killed at step 40; its last checkpoint is of step 30.
  const events = makeEvents(60)
  const isBefore = ({ step }: { step: number }): boolean => step <= 30
  await write(0, makeEvents(40).map(shift), 1_790_000_000)
  await write(30, [...events.filter(event => !isBefore(event)), END], 1_790_000_060)

  const [read] = runPython(python, 'test/interop/tensorboard_events.py', [join(folder, 'runs')]) as [Read]
  for (const name of ['loss', 'grad_norm', 'learning_rate', 'entropy', 'num_tokens', 'mean_token_accuracy']) {
    const expected = events.flatMap(event =>
      event.kind === 'log'
        ? [[event.step, Math.fround(isBefore(event) ? shifted(event.metrics[name]!) : event.metrics[name]!)]]
        : [],
    )
    assert.deepEqual(read.scalars[`train/${name}`], expected, name)
  }
  assert.deepEqual(
    read.scalars['eval/role_tool_loss']?.map(([step]) => step),
    [20, 40, 60],
  )
  assert.deepEqual(read.scalars['eval/answers_stopped'], [
    [20, 0.5],
    [40, 1],
    [60, 1],
  ])
  assert.deepEqual(read.scalars['train/train_loss'], [[60, Math.fround(0.9)]])
  assert.match(read.texts['args/text_summary']![0]!, /^ {4}{\n {4} {2}"learning_rate": 0.0002,/)
  // Texts that came twice are twice there: TensorBoard purges numbers alone.
  assert.equal(read.texts['answers/2/text_summary']!.length, 4)
})

/** The first run's numbers are other ones, to be told apart. */
function shift(event: TrainEvent): TrainEvent {
  if (event.kind !== 'log') return event
  const metrics = Object.fromEntries(
    Object.entries(event.metrics).map(([name, value]) => [name, shifted(value)]),
  )
  return { ...event, metrics }
}

function shifted(value: number): number {
  return value + 0.5
}
