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
  const ours = basename(makeTemporaryFolder(parent))
  const prefix = ours.slice(0, ours.lastIndexOf(`${process.pid}-`))
  assert.ok(prefix.startsWith(`lossline-${hostname()}-`))
  const left = `${prefix}${pid}-abcdef`
  const others = [
    ours,
    `${prefix}${process.ppid}-abcdef`,
    // Another machine or another container, where the number may be that of a process that lives.
    `${prefix.slice(0, -1)}0-${pid}-abcdef`,
    `${prefix}${pid}-notes`,
    'notes',
  ]
  for (const name of [left, ...others]) {
    mkdirSync(join(parent, name), { recursive: true })
    writeFileSync(join(parent, name, 'weights.bin'), 'x')
  }
  const made = makeTemporaryFolder(parent)
  assert.deepEqual(readdirSync(parent).sort(), [basename(made), ...others].sort())
})
