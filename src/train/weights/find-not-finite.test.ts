import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findNotFinite } from './find-not-finite.ts'
import { readTensorFile } from './tensor-index.ts'
import { writeSafetensors } from './write-safetensors.ts'

test('finds the tensor that holds NaN or infinity, in each dtype', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'lossline-not-finite-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'model.safetensors')
  for (const dtype of ['F32', 'F16', 'BF16'] as const) {
    const whole = { name: 'a', dtype, shape: [3], values: Float32Array.of(1, 2, 3) }
    const bad = { name: 'b', dtype, shape: [4], values: Float32Array.of(1, Number.NaN, -Infinity, 0) }
    await writeSafetensors(file, [whole])
    assert.equal(findNotFinite(readTensorFile(file)), undefined)
    await writeSafetensors(file, [whole, bad])
    const found = findNotFinite(readTensorFile(file))
    assert.deepEqual([found?.entry.name, found?.count], ['b', 2])
  }
})
