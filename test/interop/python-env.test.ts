import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../../../scripts/python-env.mjs', import.meta.url))

function runScript(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [SCRIPT, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { stdout, stderr, status }
}

test('leaves nothing behind of an environment that could not be made, and never finds it', t => {
  const cache = mkdtempSync(join(tmpdir(), 'lossline-'))
  t.after(() => rmSync(cache, { recursive: true }))
  // Node is no Python: it fails at the first step.
  const made = runScript(['interop'], { XDG_CACHE_HOME: cache, LOSSLINE_BASE_PYTHON: process.execPath })
  assert.equal(made.status, 1)
  assert.match(made.stderr, /has to be Python 3\.11 or later/)
  assert.deepEqual(readdirSync(join(cache, 'lossline')), [])
  assert.deepEqual(runScript(['--find', 'interop'], { XDG_CACHE_HOME: cache }), {
    stdout: '',
    stderr: '',
    status: 0,
  })
})

test('refuses a name without requirements', () => {
  assert.equal(runScript(['nothing-of-the-kind'], {}).status, 2)
})
