import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { describeError, LosslineError } from '../../error.ts'
import { type ReadOptions, readRows } from '../index.ts'
import { parseFields } from './fields.ts'

const WORK = mkdtempSync(join(tmpdir(), 'lossline-csv-'))
after(() => rmSync(WORK, { recursive: true, force: true }))

async function read(name: string, text: string, options: ReadOptions = {}): Promise<string[]> {
  const path = join(WORK, name)
  writeFileSync(path, text)
  const lines: string[] = []
  try {
    for await (const row of readRows(path, options)) {
      lines.push(row.kind === 'row' ? `${row.where} ${JSON.stringify(row.value)}` : describeError(row.error))
    }
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    lines.push(describeError(error))
  }
  return lines.map(line => line.replaceAll(`${WORK}/`, ''))
}

test('a record has its line, newlines in quotes and blank lines counted', async () => {
  assert.deepEqual(await read('a.csv', 'text,n\r\n"a\nb",1\r\n\r\nc,""\r\n'), [
    'a.csv:2 {"text":"a\\nb","n":"1"}',
    'a.csv:5 {"text":"c","n":""}',
  ])
})

test('ragged records and odd quotes are broken rows, and the next is read', async () => {
  const fix = 'Put fields with quotes, delimiters or newlines in quotes, and double the quotes inside.'
  assert.deepEqual(await read('b.csv', 'a,b\n1,2,3\n4\n"x"y,5\n6" pipe,7\n8,"9'), [
    'b.csv:2 has 3 fields; the header names 2 columns ("a", "b"). Put fields that hold the delimiter in quotes.',
    'b.csv:3 has 1 field; the header names 2 columns ("a", "b"). Put fields that hold the delimiter in quotes.',
    `b.csv:4 has text behind a closing quote: "y,5". ${fix}`,
    'b.csv:5 {"a":"6\\" pipe","b":"7"}',
    'b.csv:6 is cut: the file ends inside a quoted field of this row. Check that the file is whole, and the quotes are closed.',
  ])
})

test('is told by its header, by its name and by the caller', async () => {
  const rows = ['{"instruction":"a","output":"b"}', '{"text":"a b"}']
  assert.deepEqual(await read('c', 'instruction,output\na,b\n'), [`c:2 ${rows[0]}`])
  assert.deepEqual(await read('d', 'instruction\toutput\na\tb\n'), [`d:2 ${rows[0]}`])
  assert.deepEqual(await read('e.csv', 'instruction;output\na;b\n'), [`e.csv:2 ${rows[0]}`])
  assert.deepEqual(await read('f.csv', 'text\na b\n'), [`f.csv:2 ${rows[1]}`])
  assert.deepEqual(await read('g', 'text\na b\n', { format: 'csv' }), [`g:2 ${rows[1]}`])
  // The content speaks louder than the name.
  assert.deepEqual(await read('h.csv', '{"text": "a b"}\n'), [`h.csv:1 ${rows[1]}`])
})

test('has one line for a table without rows, or with a column twice', async () => {
  assert.deepEqual(await read('i.csv', 'a,b\n'), [
    'i.csv has a header and no rows. Leave it out, or write its rows.',
  ])
  assert.deepEqual(await read('j.csv', 'a,b,a\n1,2,3\n'), [
    'j.csv names the column "a" twice in its header. Rename one of them.',
  ])
})

test('parses what RFC 4180 allows', () => {
  for (const [record, fields] of [
    ['', ['']],
    ['a', ['a']],
    [',', ['', '']],
    ['"",', ['', '']],
    ['"a,""b""\n",c"d', ['a,"b"\n', 'c"d']],
    ['""""', ['"']],
  ] as const) {
    assert.deepEqual(parseFields(record, ',', 'x'), fields)
  }
  for (const record of ['"a', '"a"b', '"a"" ,b']) {
    assert.throws(() => parseFields(record, ',', 'x'), { code: 'dataset/csv-quotes' })
  }
})
