import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findShared } from '../interop/python.ts'
import { openPair, readGzip } from './oracle.ts'
import { repeat, WORST_CASES } from './torture.ts'

const shared = findShared('.')
const UNITS = 300_000

// Not a measure: what is quadratic takes hours for these, and what isn't takes seconds on any machine.
test('encodes what repeats itself in no more than n log n', { timeout: 300_000 }, async t => {
  if (shared === undefined) return t.skip('../shared is not here')
  const files = {
    qwen3: readGzip(join(shared, 'tokenizers/qwen3/tokenizer.json.gz')),
    mistral: readFileSync(join(shared, 'seed/tokenizer.json'), 'utf8'),
  }
  for (const [name, json] of Object.entries(files)) {
    const { ours } = await openPair(json)
    for (const [kind, piece] of WORST_CASES)
      await t.test(`${name}: ${kind}`, () => {
        for (const tokenizer of ours) tokenizer.encode(repeat(piece, UNITS))
      })
  }
})
