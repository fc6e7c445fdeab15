/** A training that is killed at any moment has whole checkpoints, and goes on from the last of them as if nothing had been. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { listCheckpoints } from '../../src/train/checkpoint/index.ts'

const CHILD = fileURLToPath(new URL('make-training.js', import.meta.url))
const parent = mkdtempSync(join(tmpdir(), 'lossline-kill-'))
after(() => rmSync(parent, { recursive: true }))

/**
 * Runs the training, and kills it some time after so many of its events.
 *
 * @returns whether it came to its end
 */
function run(folder: string, events: number, delayMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
    let seen = 0
    let told = ''
    child.stderr.on('data', data => (told += data))
    child.stdout.on('data', data => {
      const before = seen
      seen += String(data).split('\n').length - 1
      if (before < events && seen >= events) setTimeout(() => child.kill('SIGKILL'), delayMs)
    })
    child.on('close', (code, signal) => {
      if (code === 0) resolve(true)
      else if (signal === 'SIGKILL') resolve(false)
      else reject(new Error(told))
    })
  })
}

test('a killed training ends with the bytes of an undisturbed one', async t => {
  const [undisturbed, killed] = [join(parent, 'undisturbed'), join(parent, 'killed')]
  for (const folder of [undisturbed, killed]) mkdirSync(folder)
  assert.ok(await run(undisturbed, Number.POSITIVE_INFINITY, 0))
  let kills = 0
  let latest = 0
  // Each run gets a little further, and is killed somewhere else.
  for (; !(await run(killed, 3 + ((kills * 5) % 13), (kills * 7) % 23)); kills++) {
    assert.ok(kills < 100, 'the training never ends')
    const last = listCheckpoints(killed).at(-1) ?? 0
    assert.ok(last >= latest, 'the last checkpoint is gone')
    latest = last
    if (last > 0) assert.ok(readdirSync(join(killed, `checkpoint-${last}`)).includes('optimizer.safetensors'))
  }
  t.diagnostic(`killed ${kills} times`)
  assert.ok(kills >= 3)
  const read = (folder: string) => readFileSync(join(folder, 'final', 'model.safetensors'))
  assert.ok(read(killed).equals(read(undisturbed)))
  const log = (folder: string) => {
    const [last] = listCheckpoints(folder).slice(-1)
    return JSON.parse(readFileSync(join(folder, `checkpoint-${last}`, 'trainer_state.json'), 'utf8'))
      .log_history
  }
  assert.deepEqual(log(killed), log(undisturbed))
})
