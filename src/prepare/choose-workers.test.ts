import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { chooseWorkers } from './choose-workers.ts'
import type { Input } from './plan.ts'

const toInput = (path: string, byteLength: number, weight = 1): Input => ({
  path,
  weight,
  files: [{ path, parts: path === '-' ? [] : [{ path, byteLength, modifiedMs: 0 }] }],
})
const CORES = availableParallelism()

test('a small input is worth one worker, a large one as many as there are cores', () => {
  assert.equal(chooseWorkers([toInput('a.jsonl', 9_999)], 10_000), 1)
  assert.equal(chooseWorkers([toInput('a.jsonl', 10_000)], 10_000), Math.min(CORES, 2))
  assert.equal(chooseWorkers([toInput('a.jsonl', 1e9)], 10_000), CORES)
})

test('what several inputs have counts together, and what is read more than once as often', () => {
  const half = toInput('a.jsonl', 5_000)
  assert.equal(chooseWorkers([half, half], 10_000), Math.min(CORES, 2))
  assert.equal(chooseWorkers([toInput('a.jsonl', 5_000, 2)], 10_000), Math.min(CORES, 2))
})

test('packed bytes count for more, and of standard input all may come', () => {
  assert.equal(chooseWorkers([toInput('a.jsonl.gz', 2_400)], 10_000), 1)
  assert.equal(chooseWorkers([toInput('a.jsonl.gz', 2_500)], 10_000), Math.min(CORES, 2))
  assert.equal(chooseWorkers([toInput('-', 0)], 10_000), CORES)
})
