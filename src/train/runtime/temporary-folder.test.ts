import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryFolder } from './temporary-folder.ts'

test('takes away what a process has left that is no more, and nothing else', t => {
  const parent = mkdtempSync(join(tmpdir(), 'lossline-temporary-'))
  t.after(() => rmSync(parent, { recursive: true }))
  // It has ended by now.
  const { pid } = spawnSync(process.execPath, ['--version'])
  const left = `lossline-${hostname()}-${pid}-abcdef`
  const others = [
    `lossline-${hostname()}-${process.ppid}-abcdef`,
    `lossline-${hostname()}x-${pid}-abcdef`,
    `lossline-${hostname()}-${pid}-notes`,
    'notes',
  ]
  for (const name of [left, ...others]) {
    mkdirSync(join(parent, name))
    writeFileSync(join(parent, name, 'weights.bin'), 'x')
  }
  const made = makeTemporaryFolder(parent)
  assert.deepEqual(readdirSync(parent).sort(), [basename(made), ...others].sort())
})
