import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Tokenizer } from '../../src/tokenizer/index.ts'
import { findShared } from '../interop/python.ts'
import { readGzip } from './oracle.ts'

/** A row of ../shared/tokenizers/expected.jsonl.gz: what the Python package gives. */
interface Row {
  readonly tokenizer: string
  readonly text: number
  readonly ids: readonly number[]
  /** Flat start, end; in code points. */
  readonly offsets: readonly number[]
  readonly with_special?: readonly number[]
  readonly decoded?: string
}

const shared = findShared('tokenizers')

test('gives what the Python package gives, for every tokenizer and text of ../shared', async t => {
  if (shared === undefined) return t.skip('../shared is not here')
  const texts = JSON.parse(readFileSync(join(shared, 'texts.json'), 'utf8')) as string[]
  const lines = readGzip(join(shared, 'expected.jsonl.gz')).trim().split('\n')
  const rows = lines.map(line => JSON.parse(line) as Row)
  for (const name of new Set(rows.map(row => row.tokenizer))) {
    await t.test(name, async () => {
      const tokenizer = await Tokenizer.fromJSON(readGzip(join(shared, name, 'tokenizer.json.gz')))
      for (const row of rows) if (row.tokenizer === name) checkRow(tokenizer, texts[row.text]!, row)
    })
  }
})

function checkRow(tokenizer: Tokenizer, text: string, row: Row): void {
  const units = [0]
  for (const char of text) units.push(units.at(-1)! + char.length)
  const { ids, starts, ends } = tokenizer.encode(text, { addSpecialTokens: false })
  assert.deepEqual([...ids], row.ids, `ids of text ${row.text}`)
  const offsets = row.ids.flatMap((_, t) => [starts[t]!, ends[t]!])
  assert.deepEqual(
    offsets,
    row.offsets.map(codePoint => units[codePoint]!),
    `offsets of text ${row.text}`,
  )
  assert.deepEqual(
    [...tokenizer.encode(text).ids],
    row.with_special ?? row.ids,
    `special tokens of text ${row.text}`,
  )
  assert.equal(
    tokenizer.decode(row.ids, { skipSpecialTokens: false }),
    row.decoded ?? text,
    `text ${row.text} decoded`,
  )
}
