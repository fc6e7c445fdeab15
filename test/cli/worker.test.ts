import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tableFromArrays, tableFromIPC, tableToIPC, utf8 } from '@uwdata/flechette'
import { makeModelFolder } from './model-folder.ts'
import { type CliResult, startCli } from './run-cli.ts'

const model = makeModelFolder()
const TEXTS = ['The grass is green', 'The snow is white']

function toStream(text: string[]): Uint8Array {
  return tableToIPC(tableFromArrays({ text }, { types: { text: utf8() } }), { format: 'stream' })!
}

/** Runs the worker over these bytes. Its output is read as latin1, which keeps them. */
async function runWorker(
  input: readonly Uint8Array[],
  options: { readonly args?: readonly string[]; readonly closesEarly?: boolean } = {},
): Promise<CliResult> {
  const { args = [], closesEarly = false } = options
  const { child, result } = startCli(['worker', '--tokenizer', model, ...args], { closesEarly })
  // The worker may have ended before it has read all.
  child.stdin.on('error', () => {})
  child.stdout.setEncoding('latin1')
  for (const bytes of input) child.stdin.write(bytes)
  child.stdin.end()
  return result
}

const toTable = (stdout: string) => tableFromIPC(Buffer.from(stdout, 'latin1'))

test('prepares an Arrow stream of rows and tells on stderr what became of them', async () => {
  const { code, stdout, stderr } = await runWorker([toStream(TEXTS), toStream(['', 'Green'])])
  assert.equal(code, 0, stderr)
  assert.equal(toTable(stdout).numRows, 4)
  assert.match(stderr, /^lossline: 4 rows came, /m)
})

test('writes an Arrow stream without rows when none come', async () => {
  const { code, stdout } = await runWorker([])
  assert.equal(code, 0)
  assert.deepEqual(
    toTable(stdout).schema.fields.map(({ name }) => name),
    ['row', 'input_ids', 'labels', 'loss_weights', 'error'],
  )
})

test('gives what came before the input broke, and says in one line that it did', async () => {
  const { code, stdout, stderr } = await runWorker([toStream(TEXTS), toStream(TEXTS).subarray(0, -50)])
  assert.equal(code, 1)
  assert.equal(toTable(stdout).numRows, 2)
  assert.match(stderr, /^lossline: stdin ends in the middle of its Arrow data[^\n]*\n$/)
})

test('says that something else than Arrow came', async () => {
  const { code, stderr } = await runWorker([Buffer.from('{"text": "a"}\n')])
  assert.equal(code, 1)
  assert.match(stderr, /^lossline: stdin has something else where an Arrow stream has to begin\.[^\n]*\n$/)
})

test('ends when nobody reads on', async () => {
  const streams = Array.from({ length: 200 }, () => toStream(Array.from({ length: 100 }, () => TEXTS[0]!)))
  const { code, stderr } = await runWorker(streams, { closesEarly: true })
  assert.equal(code, 0)
  assert.equal(stderr, '')
})

test('ends before it reads where an option is wrong', async () => {
  const { code, stdout, stderr } = await runWorker([toStream(TEXTS)], { args: ['--truncation', 'keep'] })
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(
    stderr,
    /^lossline: --truncation is "keep"; expected keep-start, keep-end, drop or split-turns/,
  )
})
