// Columns of every type that pyarrow writes read as the values that Python has.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readRows } from '../../src/dataset/index.ts'
import { parseJson, writeJson } from '../../src/json/index.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

interface Written {
  readonly files: Readonly<Record<string, string>>
  /** Each as JSON. */
  readonly rows: readonly string[]
}

test('dates, times, decimals, maps, numbers and bytes are what they are in Python', async t => {
  const python = findPython('trl-1.16')
  if (python === undefined) return t.skip(whyNoPython('trl-1.16'))
  const folder = mkdtempSync(join(tmpdir(), 'lossline-types-'))
  try {
    const [written] = runPython(python, 'test/interop/write_arrow_types.py', [{ folder }]) as Written[]
    for (const [what, file] of Object.entries(written!.files)) {
      await t.test(what, async () => {
        const rows: string[] = []
        for await (const row of readRows(file)) {
          assert(row.kind === 'row')
          rows.push(writeJson(row.value))
        }
        assert.deepEqual(
          rows.map(toColumns),
          written!.rows.map(row => toColumns(writeJson(parseJson(row)))),
        )
      })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Column by column, as text: 1.0 is not 1, and an int of 64 bits is whole. */
function toColumns(row: string): Readonly<Record<string, string>> {
  const value = parseJson(row) as Parameters<typeof writeJson>[0] & object
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, writeJson(item)]))
}
