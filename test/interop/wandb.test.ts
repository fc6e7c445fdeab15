import assert from 'node:assert/strict'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLogs } from '../../src/train/logs/index.ts'
import { makeTokenizer } from '../mask/tokenizer.ts'
import { END, makeEvents, makeFolder, START } from '../train/run-events.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

interface Item {
  readonly key?: string
  readonly nested_key?: readonly string[]
  readonly value_json: string
}

type Fields = Readonly<Record<string, unknown>> & {
  readonly item?: readonly Item[]
  readonly config?: { readonly update: readonly Item[] }
}

test('W&B’s own messages read the run that was logged offline, records longer than a block too', async t => {
  const python = findPython('wandb')
  if (python === undefined) return t.skip(whyNoPython('wandb'))
  const folder = makeFolder()
  t.after(() => rmSync(folder, { recursive: true }))
  const tokenizer = await makeTokenizer('')
  // Lengths around the end of a block, where a chunk's header may not fit any more.
  const notes = Array.from({ length: 40 }, (_, i) => 'x'.repeat(32_700 + i))
  const config = { ...START.config, notes }
  const logs = await openLogs(
    { ...START, config },
    { folder, tokenizer, now: () => 1_790_000_000_250, reportTo: ['wandb'] },
  )
  const events = makeEvents(60)
  for (const event of [...events, END]) await logs.write(event)
  await logs.close()

  const [run] = readdirSync(join(folder, 'wandb'))
  const id = /^offline-run-20260921_\d{6}-([a-z0-9]{8})$/.exec(run!)?.[1]
  const [records] = runPython(python, 'test/interop/wandb_records.py', [
    join(folder, 'wandb', run!, `run-${id}.wandb`),
  ]) as [[kind: string, fields: Fields][]]
  assert.deepEqual([records[0]![0], records[1]![0], records.at(-1)![0]], ['header', 'run', 'exit'])
  const { config: kept, start_time, ...told } = records[1]![1]
  assert.deepEqual(
    [told['run_id'], told['display_name'], start_time],
    [id, START.runName, '2026-09-21T14:13:20.250Z'],
  )
  assert.deepEqual(
    Object.fromEntries(kept!.update.map(({ key, value_json }) => [key, JSON.parse(value_json)])),
    {
      _wandb: {},
      ...START.modelConfig,
      ...config,
    },
  )
  const history = records
    .filter(([kind]) => kind === 'history')
    .map(([, { item }]) =>
      Object.fromEntries(item!.map(({ nested_key, value_json }) => [nested_key![0], JSON.parse(value_json)])),
    )
  assert.equal(history.length, events.length + 1)
  for (const [i, event] of events.entries()) {
    assert.equal(history[i]!['train/global_step'], event.step)
    if (event.kind === 'log') assert.equal(history[i]!['train/grad_norm'], event.metrics['grad_norm'])
  }
})
