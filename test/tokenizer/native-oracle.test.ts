import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { findShared } from '../interop/python.ts'
import { assertDecodesSame, assertSame, openPair, readSharedTokenizers } from './oracle.ts'
import { repeat, tortureText, WORST_CASES } from './torture.ts'

const shared = findShared('.')
/** All texts of ../shared/data with every tokenizer take minutes; else each tokenizer has a share of them, and all are had by some. */
const isWhole = process.env['LOSSLINE_WHOLE_DATA'] === '1'
const SHARES = 15

test('gives what the native package gives, for every tokenizer of ../shared', async t => {
  if (shared === undefined) return t.skip('../shared is not here')
  const texts = readTexts(join(shared, 'data'))
  for (const [which, [name, json]] of readSharedTokenizers(shared).entries()) {
    await t.test(name, async () => {
      const pair = await openPair(json)
      for (const [i, text] of texts.entries())
        if (isWhole || i % SHARES === which % SHARES) await assertSame(pair, text)
      await fc.assert(
        fc.asyncProperty(tortureText, text => assertSame(pair, text)),
        { numRuns: 150 },
      )
      const ids = fc.array(fc.nat(pair.ours[0]!.vocabSize + 5), { maxLength: 20 })
      await fc.assert(
        fc.asyncProperty(ids, found => assertDecodesSame(pair, found)),
        { numRuns: 50 },
      )
      for (const [, piece] of WORST_CASES) await assertSame(pair, repeat(piece, 3000))
    })
  }
})

/** Every string in the files, however deep. */
function readTexts(folder: string): string[] {
  const texts: string[] = []
  const collect = (value: unknown) => {
    if (typeof value === 'string') texts.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect)
  }
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8')
    if (file.endsWith('.json')) collect(JSON.parse(text))
    if (file.endsWith('.jsonl')) for (const line of text.trim().split('\n')) collect(JSON.parse(line))
  }
  assert.ok(texts.length > 0)
  return texts
}
