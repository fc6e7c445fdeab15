/** A training that is killed at any moment has whole checkpoints, and goes on from the last of them as if nothing had been. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { listCheckpoints } from '../../src/train/checkpoint/index.ts'
import { makeModel } from './make-model.ts'

const CHILD = fileURLToPath(new URL('make-training.js', import.meta.url))
const parent = mkdtempSync(join(tmpdir(), 'lossline-kill-'))
after(() => rmSync(parent, { recursive: true }))

/**
 * Runs the training, and kills it some time after so many of its events.
 *
 * @returns whether it came to its end
 */
function run(args: readonly string[], events: number, delayMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
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

/** @returns how often it was killed before it came to its end */
async function killUntilDone(name: string, model: readonly string[]): Promise<number> {
  const [undisturbed, killed] = [join(parent, name, 'undisturbed'), join(parent, name, 'killed')]
  for (const folder of [undisturbed, killed]) mkdirSync(folder, { recursive: true })
  assert.ok(await run([undisturbed, ...model], Number.POSITIVE_INFINITY, 0))
  let kills = 0
  let latest = 0
  // Each run gets a little further, and is killed somewhere else.
  for (; !(await run([killed, ...model], 3 + ((kills * 5) % 13), (kills * 7) % 23)); kills++) {
    assert.ok(kills < 100, 'the training never ends')
    const last = listCheckpoints(killed).at(-1) ?? 0
    assert.ok(last >= latest, 'the last checkpoint is gone')
    latest = last
    if (last > 0) assert.ok(readdirSync(join(killed, `checkpoint-${last}`)).includes('optimizer.safetensors'))
  }
  assert.ok(readWeights(killed).equals(readWeights(undisturbed)))
  assert.deepEqual(readLog(killed), readLog(undisturbed))
  return kills
}

const readWeights = (folder: string) => readFileSync(join(folder, 'final', 'model.safetensors'))

function readLog(folder: string): unknown {
  const last = listCheckpoints(folder).at(-1)
  return JSON.parse(readFileSync(join(folder, `checkpoint-${last}`, 'trainer_state.json'), 'utf8'))
    .log_history
}

test('a killed training ends with the bytes of an undisturbed one', async t => {
  const kills = await killUntilDone('bigram', [])
  t.diagnostic(`killed ${kills} times`)
  assert.ok(kills >= 3)
})

test('so does one of a model with dropout and noise', async t => {
  const folder = join(parent, 'model')
  const sizes = { vocab_size: 40, n_embd: 24, n_layer: 2, n_head: 3, n_positions: 32 }
  await makeModel(folder, { model_type: 'gpt2', ...sizes, resid_pdrop: 0.2, attn_pdrop: 0.1 }, 1)
  const kills = await killUntilDone('gpt2', [folder])
  t.diagnostic(`killed ${kills} times`)
  assert.ok(kills >= 2)
})
