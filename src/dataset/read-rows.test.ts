import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describeError, LosslineError } from '../error.ts'
import { type DatasetRow, readRows } from './index.ts'

const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))
const WORK = mkdtempSync(join(tmpdir(), 'lossline-rows-'))
after(() => rmSync(WORK, { recursive: true, force: true }))

function write(name: string, content: string | Uint8Array): string {
  const path = join(WORK, name)
  writeFileSync(path, content)
  return path
}

async function readAll(file: string, notices: string[] = []): Promise<DatasetRow[]> {
  const rows: DatasetRow[] = []
  for await (const row of readRows(file, { notice: text => notices.push(text) })) rows.push(row)
  return rows
}

/** What a file gives, a line a row, with its folder left out. */
async function describe(file: string): Promise<string[]> {
  const lines: string[] = []
  try {
    for await (const row of readRows(file, { notice: text => lines.push(text) })) {
      lines.push(row.kind === 'row' ? `${row.where} ${JSON.stringify(row.value)}` : describeError(row.error))
    }
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    lines.push(describeError(error))
  }
  return lines.map(line => line.replaceAll(`${WORK}/`, ''))
}

// Keys of digits would come as a Map, which is json/'s affair.
const anyKey = fc.string().filter(key => !/^\d+$/.test(key))
const anyRow = fc.dictionary(anyKey, fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean()))

test('gives the rows of JSON lines, whatever ends and separates them', async () => {
  const anyLine = fc.record({
    row: anyRow,
    blanks: fc.array(fc.constantFrom('', ' ', '\t'), { maxLength: 2 }),
  })
  const options = {
    newline: fc.constantFrom('\n', '\r\n'),
    last: fc.boolean(),
    mark: fc.boolean(),
    gzip: fc.boolean(),
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLine, { minLength: 1 }),
      fc.record(options),
      async (lines, { newline, last, mark, gzip }) => {
        const written = lines.flatMap(({ row, blanks }) => [...blanks, JSON.stringify(row)])
        const text = (mark ? '\ufeff' : '') + written.join(newline) + (last ? newline : '')
        const notices: string[] = []
        const path = write('rows', gzip ? gzipSync(text) : text)
        const rows = await readAll(path, notices)
        const expected = lines.map(({ row }, i) => [i, JSON.stringify(row)])
        assert.deepEqual(
          rows.map(row => [row.row, row.kind === 'row' && JSON.stringify(row.value)]),
          expected,
        )
        assert.deepEqual(
          rows.map(({ where }) => where),
          written.flatMap((line, i) => (line.trim() === '' ? [] : [`${path}:${i + 1}`])),
        )
        assert.equal(notices.length, mark ? 1 : 0)
      },
    ),
  )
})

test('gives the items of a JSON list, however it is laid out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRow, { minLength: 1 }),
      fc.constantFrom(0, 1, '\t'),
      async (values, indent) => {
        const path = write('list', JSON.stringify(values, null, indent))
        const rows = await readAll(path)
        assert.equal(
          JSON.stringify(rows),
          JSON.stringify(values.map((value, row) => ({ kind: 'row', row, where: `${path}[${row}]`, value }))),
        )
      },
    ),
  )
})

test('one object over many lines is one row', async () => {
  assert.deepEqual(await describe(write('one.json', '{\n  "messages": [\n    1\n  ]\n}\n')), [
    'one.json {"messages":[1]}',
  ])
})

test('lines that span blocks of the file come out whole', async () => {
  const rows = Array.from({ length: 9 }, (_, i) => ({ i, text: 'é'.repeat(i * 200_000) }))
  const path = write('long.jsonl', rows.map(row => JSON.stringify(row)).join('\n'))
  const read = await readAll(path)
  assert.deepEqual(
    read.map(row => row.kind === 'row' && row.value),
    rows,
  )
})

test('a list that is cut gives the items before, and says where', async () => {
  const cuts: readonly (readonly [string, string])[] = [
    ['[\n  {"a": 1},\n  {"b"', `cut.json:3:7 expected ':', the text ends.`],
    [
      '[{"a": 1}, {"é": ["',
      'cut.json:1:20 expected the end of the string that starts at character 7, the text ends.',
    ],
    ['[{"a": 1}', `cut.json:1:10 expected ',' or ']', the text ends.`],
    ['[{"a": 1}, 12', `cut.json:1:14 expected ',' or ']', the text ends.`],
    ['[{"a": 1},\n', 'cut.json:2:1 expected a value, the text ends.'],
    ['[{"a": 1} {"b": 2}]', `cut.json:1:11 expected ',' or ']', found "{\\"b\\": 2}]".`],
    ['[{"a": 1},]', 'cut.json:1:11 expected a value, found "]".'],
    ['[{"a": 1}]\n\nx', 'cut.json:3:1 expected the end, found "x".'],
  ]
  for (const [text, line] of cuts) {
    const expected = ['cut.json[0] {"a":1}', `${line} Check that the file is whole.`]
    assert.deepEqual(await describe(write('cut.json', text)), expected)
  }
})

test('a broken item of a list is a broken row, and the next one is read', async () => {
  assert.deepEqual(await describe(write('items.json', '[\n {"a" 1},\n {"b": 2}, hello]')), [
    `items.json:2:7 expected ':', found "1}". Check that the file is whole.`,
    'items.json[1] {"b":2}',
    'items.json:3:12 expected a value, found "hello". Check that the file is whole.',
  ])
})

test('says of each broken line what and where, and reads on', async () => {
  const bytes = Buffer.concat([
    Buffer.from('\ufeff{"a": 1}\r\n\n{"b": "'),
    Buffer.from([0xe9]),
    Buffer.from('"}\n{"c": 3}\n{"d" 4}\n{"e": '),
  ])
  assert.deepEqual(await describe(write('broken.jsonl', bytes)), [
    'broken.jsonl starts with a byte order mark, which is skipped.',
    'broken.jsonl:1 {"a":1}',
    'broken.jsonl:3 is not UTF-8: byte 21 of the file is 0xe9. Save the file as UTF-8.',
    'broken.jsonl:4 {"c":3}',
    `broken.jsonl:5 character 5 expected ':', found "4}". Write it as JSON.`,
    'broken.jsonl:6 is cut: the file ends in the middle of this row. Check that the file is whole.',
  ])
})

test('counts the bytes of a file over all its blocks', async () => {
  const good = `${JSON.stringify({ text: 'é'.repeat(9999) })}\n`.repeat(200)
  const path = write('far.jsonl', Buffer.concat([Buffer.from(good), Buffer.from([0x22, 0xff, 0x22])]))
  const last = (await describe(path)).at(-1)
  const byte = (Buffer.byteLength(good) + 1).toLocaleString('en-US')
  assert.equal(last, `far.jsonl:201 is not UTF-8: byte ${byte} of the file is 0xff. Save the file as UTF-8.`)
})

test('a broken first line does not hide that the file is JSON lines', async () => {
  const text = '{"a": \n{"b": 2}\n'
  const expected = (name: string): string[] => [
    `${name}:1 character 6 expected a value, the text ends. Write it as JSON.`,
    `${name}:2 {"b":2}`,
  ]
  for (const name of ['first.jsonl', 'first', 'first.json']) {
    assert.deepEqual(await describe(write(name, text)), expected(name))
  }
})

test('has one line for each thing that is wrong with a file', async () => {
  const save = 'Save it as UTF-8.'
  const kinds = 'expected JSON lines, JSON or CSV in UTF-8, Parquet or Arrow, plain, gzip or zstd'
  const zipped = gzipSync(JSON.stringify({ text: 'x'.repeat(99) }))
  const damaged = Buffer.from(zipped)
  damaged[20]! ^= 0xff
  const lines: readonly (readonly [string, string])[] = [
    [join(WORK, 'nowhere.jsonl'), 'nowhere.jsonl does not exist. Check the path.'],
    [
      write('empty.jsonl', ''),
      'empty.jsonl is empty; expected JSON lines or JSON. Write a row a line, as JSON.',
    ],
    [
      write('blank.jsonl', ' \n\r\n'),
      'blank.jsonl is empty; expected JSON lines or JSON. Write a row a line, as JSON.',
    ],
    [
      write('list.json', '[]'),
      'list.json holds an empty list; expected rows. Write JSON lines, or a list of objects.',
    ],
    [
      write('text.json', '"a"'),
      'text.json holds a string; expected rows. Write JSON lines, or a list of objects.',
    ],
    [
      write('number.json', '1.0'),
      'number.json holds a number; expected rows. Write JSON lines, or a list of objects.',
    ],
    [
      write('null.json', 'null'),
      'null.json holds null; expected rows. Write JSON lines, or a list of objects.',
    ],
    [
      write('latin.json', Buffer.from('[{"a": "\xe9"}]', 'latin1')),
      'latin.json[0] is not UTF-8: byte 8 of the file is 0xe9. Save the file as UTF-8.',
    ],
    [write('utf16.jsonl', Buffer.from('\ufeff{}', 'utf16le')), `utf16.jsonl is UTF-16; ${kinds}. ${save}`],
    [
      write('cut.parquet', 'PAR1....'),
      'cut.parquet is cut: Parquet ends with a footer, and this file does not. Copy or download it again.',
    ],
    [
      write('cut.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0])),
      'cut.zst ends in the middle of its zstd data. Copy or download it again.',
    ],
    [
      write('cut.gz', zipped.subarray(0, 24)),
      'cut.gz ends in the middle of its gzip data. Copy or download it again.',
    ],
    [
      write('words.txt', 'hello'),
      'words.txt:1:1 expected a value, found "hello". Check that the file is whole.',
    ],
  ]
  for (const [file, line] of lines) assert.deepEqual(await describe(file), [line])
  assert.match((await describe(WORK))[0]!, /is a folder; expected a file\. Name one of the files in it\.$/)
  assert.match(
    (await describe(write('damaged.gz', damaged))).at(-1)!,
    /^damaged\.gz is damaged gzip \(.+\)\. Copy or download it again\.$/,
  )
})

test('gives rows or a LosslineError for whatever bytes', async () => {
  const anyPiece = fc.oneof(
    fc
      .constantFrom('{"a": 1}', '\n', '[', ']', ',', '{', '"', '\ufeff', '\u2028', 'null')
      .map(text => Buffer.from(text)),
    fc.uint8Array({ maxLength: 4 }).map(bytes => Buffer.from(bytes)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(anyPiece), async pieces => {
      assert((await describe(write('any', Buffer.concat(pieces)))).length > 0)
    }),
  )
})

test('reads standard input as -', () => {
  const door = new URL('./index.js', import.meta.url).href
  const script = `import { readRows } from ${JSON.stringify(door)}
    for await (const { where, value } of readRows('-')) console.log(where, JSON.stringify(value))`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    input: '{"a": 1}\n{"a": 2}',
    encoding: 'utf8',
  })
  assert.equal(run.stdout, 'stdin:1 {"a":1}\nstdin:2 {"a":2}\n', run.stderr)
})

test('a caller that stops early leaves no file open', async t => {
  if (!existsSync('/proc/self/fd')) return t.skip('/proc is not here')
  const row = `${JSON.stringify({ text: 'x'.repeat(9999) })}\n`
  const path = write('many.jsonl', row.repeat(999))
  const zipped = write('many.gz', gzipSync(row.repeat(999)))
  const open = (): number => readdirSync('/proc/self/fd').length
  const before = open()
  for (const file of [path, zipped]) {
    for await (const { kind } of readRows(file)) {
      assert.equal(kind, 'row')
      break
    }
  }
  // Streams close in the background.
  await new Promise(resolve => setImmediate(resolve))
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.equal(open(), before)
})

test('reads every file of ../shared/data', async t => {
  if (!existsSync(DATA)) return t.skip('../shared is not here')
  const counts: Record<string, number> = {}
  for (const file of readdirSync(DATA).filter(name => name.includes('.json'))) {
    const rows = await readAll(join(DATA, file))
    assert(rows.every(row => row.kind === 'row'))
    counts[file] = rows.length
  }
  assert.deepEqual(counts, {
    'alpaca_en_demo.json': 999,
    'alpaca_zh_demo.json': 1000,
    'axolotl_conversation.json': 1,
    'c4_demo.jsonl': 300,
    'glaive_toolcall_en_demo.json': 300,
    'glaive_toolcall_zh_demo.json': 300,
    'identity.json': 91,
    'reason_tool_use_demo_50.jsonl': 50,
    'tinker_conversations.jsonl': 128,
    'v1_sft_demo.jsonl': 500,
  })
})
