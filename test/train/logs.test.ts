import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { LosslineError } from '../../src/error.ts'
import { checkReportTo, openLogs, type TrainEvent } from '../../src/train/logs/index.ts'
import { makeTokenizer } from '../mask/tokenizer.ts'
import { END, makeEvents, makeFolder, START } from './run-events.ts'

async function run(folder: string, step: number, events: readonly TrainEvent[]): Promise<void> {
  const tokenizer = await makeTokenizer('')
  const logs = await openLogs({ ...START, step }, { folder, tokenizer, reportTo: ['none'], now: () => 0 })
  for (const event of events) await logs.write(event)
  await logs.close()
}

test('a run that was killed and goes on from its checkpoint leaves the files of a run without trouble', async t => {
  const [whole, killed] = [makeFolder(), makeFolder()]
  t.after(() => [whole, killed].map(folder => rmSync(folder, { recursive: true })))
  const events = makeEvents(60)
  await run(whole, 0, [START, ...events, END])

  await run(killed, 0, [START, ...makeEvents(40)])
  appendFileSync(join(killed, 'metrics.jsonl'), '{"step":45,"epo')
  await run(killed, 30, [...events.filter(({ step }) => step > 30), END])

  assert.deepEqual(readdirSync(whole).sort(), ['metrics.jsonl', 'report.html'])
  for (const name of readdirSync(whole))
    assert.equal(readFileSync(join(killed, name), 'utf8'), readFileSync(join(whole, name), 'utf8'), name)
})

test('metrics.jsonl has the numbers under transformers’ names, and text where JSON has no number', async t => {
  const folder = makeFolder()
  t.after(() => rmSync(folder, { recursive: true }))
  await run(folder, 0, [
    { kind: 'log', step: 5, epoch: 0.5, metrics: { loss: 2.5, grad_norm: Number.NaN } },
    END,
  ])
  assert.equal(
    readFileSync(join(folder, 'metrics.jsonl'), 'utf8'),
    '{"step":5,"epoch":0.5,"loss":2.5,"grad_norm":"NaN"}\n{"step":60,"epoch":2,"train_runtime":12.5,"train_loss":0.9}\n',
  )
})

test('report.html has curves, groups, answers, rows and options, and nothing of the data acts in it', async t => {
  const folder = makeFolder()
  t.after(() => rmSync(folder, { recursive: true }))
  await run(folder, 0, [START, ...makeEvents(60), END])
  const page = readFileSync(join(folder, 'report.html'), 'utf8')
  for (const title of ['Loss', 'Learning rate', 'Gradient norm', 'Evaluation loss by role', 'Entropy'])
    assert.match(page, new RegExp(`<figcaption><b>${title}</b>`))
  assert.match(page, /<b>2 of 2<\/b>answers ended by themselves/)
  assert.match(page, /By role.*<td>tool<\/td>/s)
  assert.match(page, /What is &#60;b&#62;snow/)
  assert.match(page, /stories &#38; &#60;chats&#62;/)
  assert.doesNotMatch(page, /<chats>|<b>snow|NaN|undefined|https?:/)
})

test('refuses a log that there isn’t, and names those that there are', () => {
  assert.throws(
    () => checkReportTo(['tensorboard', 'mlflow']),
    (error: unknown) =>
      error instanceof LosslineError && /is "mlflow"; expected all, none.+tensorboard/.test(error.message),
  )
})
