import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readGoldens } from './golden.ts'

for (const { name, text, run } of readGoldens()) {
  test(`says what ${name} has`, async () => {
    assert.equal(await run(), text, 'node dist/test/cli/make-golden.js writes what it says now')
  })
}
