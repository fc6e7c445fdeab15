import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import {
  type DataType,
  int32,
  list,
  struct,
  type Table,
  tableFromArrays,
  tableToIPC,
  utf8,
} from '@uwdata/flechette'
import { type DatasetRow, readRows } from '../../src/dataset/index.ts'
import { makeModelFolder } from './model-folder.ts'
import { type CliResult, makeFolder, runCli, startCli } from './run-cli.ts'

/** Lines as people write them: other white space, escapes, an empty line, a row that is no JSON, another line end. */
const LINES = [
  '{"messages": [{"role": "User", "content": "What is the colour of \\u0067rass?"}, {"role":"assistant","content":"Green."}] , "id": 1.0}',
  '{"messages":  [{"role": "user", "content": "gr\\u00fcn? \\/"}, {"role": "assistant", "content": "White."}]}\r',
  '',
  '{"messages": [{"role": "user", "content": null}, {"role": "model", "content": "Green."}]}\r',
  '{"messages": [',
  '{"messages": [{"role": "robot", "content": "Green."}, {"role": "assistant", "content": "White."}]}',
]
const MENDED = [
  '{"messages": [{"role": "user", "content": "What is the colour of \\u0067rass?"}, {"role":"assistant","content":"Green."}] , "id": 1.0}',
  LINES[1]!,
  '',
  '{"messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": "Green."}]}\r',
  LINES[4]!,
  LINES[5]!,
]

let model: string
let folder: string

/** A column of messages that have all the keys of all, as Arrow has it. */
function toColumns(chats: readonly (readonly Readonly<Record<string, unknown>>[])[]): Table {
  const keys = new Set(chats.flat().flatMap(message => Object.keys(message)))
  const fields = Object.fromEntries([...keys].map(key => [key, FIELD_TYPES[key] ?? utf8()]))
  const whole = chats.map(messages =>
    messages.map(message => ({ ...Object.fromEntries([...keys].map(key => [key, null])), ...message })),
  )
  return tableFromArrays({ messages: whole }, { types: { messages: list(struct(fields)) } })
}

const FIELD_TYPES: Readonly<Record<string, DataType>> = {
  tokens: int32(),
  parts: list(struct({ text: utf8() })),
}

const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content)
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const fix = (input: string, output: string, ...more: string[]): Promise<CliResult> =>
  runCli(['check', input, '--tokenizer', model, '--fix', output, ...more], { cwd: folder })

before(() => {
  model = makeModelFolder()
  folder = makeFolder()
  write('bad.jsonl', LINES.join('\n'))
})

describe('lossline check --fix', () => {
  test('mends JSON lines, leaves all other bytes, and shows the difference', async () => {
    const { stdout, stderr, code } = await fix('bad.jsonl', 'out.jsonl')
    assert.equal(code, 1)
    assert.equal(stderr, '')
    assert.equal(read('out.jsonl'), MENDED.join('\n'))
    assert.equal(read('bad.jsonl'), LINES.join('\n'))
    const diff = [
      '--- bad.jsonl',
      '+++ out.jsonl',
      '@@ bad.jsonl:1 @@ unknown-role',
      ' messages[0].role',
      '-  "User"',
      '+  "user"',
      '@@ bad.jsonl:4 @@ unusable-row',
      ' messages[0].content',
      '-  null',
      '+  ""',
      '@@ bad.jsonl:4 @@ unknown-role',
      ' messages[1].role',
      '-  "model"',
      '+  "assistant"',
      '',
    ]
    assert.equal(stdout.slice(0, stdout.indexOf('error ')), `${diff.join('\n')}\n`)
    assert.match(stdout, /^out\.jsonl: 5 rows checked, 2 errors\.$/m)
    assert.match(stdout, /\nout\.jsonl: 2 of 5 rows mended \(unknown-role 2, unusable-row 1\)\. Errors/)
    assert.match(stdout.replace(/\s+/g, ' '), /Errors that remain: unusable-row 1, unknown-role 1\. $/)
    const leftovers = readdirSync(folder).filter(name => name.endsWith('.tmp'))
    assert.deepEqual(leftovers, [])
  })

  test('has nothing to do in what it wrote, and says with 0 that no error remains', async () => {
    write('some.jsonl', LINES.slice(0, 4).join('\n'))
    assert.equal((await fix('some.jsonl', 'once.jsonl')).code, 0)
    const again = await fix('once.jsonl', 'twice.jsonl')
    assert.equal(again.code, 0)
    assert.match(again.stdout.replace(/\s+/g, ' '), /nothing that could be mended was found/)
    assert.doesNotMatch(again.stdout, /^@@/m)
    assert.equal(read('twice.jsonl'), read('once.jsonl'))
  })

  test('is the same with any number of threads, and shows the first rows of many', async () => {
    write('many.jsonl', `${Array(4000).fill(LINES[0]).join('\n')}\n`)
    const [one, two] = await Promise.all([
      fix('many.jsonl', 'many-1.jsonl', '--workers', '1'),
      fix('many.jsonl', 'many-2.jsonl', '--workers', '2'),
    ])
    assert.equal(read('many-1.jsonl'), read('many-2.jsonl'))
    assert.equal(one!.stdout.replaceAll('many-1', 'many-2'), two!.stdout)
    assert.equal(one!.stdout.match(/^@@/gm)!.length, 20)
    assert.match(one!.stdout, /^and 3,980 rows more, 4,000 in all$/m)
  })

  test('a list stays a list, and what is packed by its name is packed', async () => {
    const rows = [0, 1, 3].map(line => JSON.parse(LINES[line]!) as object)
    write('list.json.gz', gzipSync(JSON.stringify(rows, null, 2)))
    assert.equal((await fix('list.json.gz', 'list-out.json.gz')).code, 0)
    const text = gunzipSync(readFileSync(join(folder, 'list-out.json.gz'))).toString()
    const expected = [0, 1, 3].map(line => JSON.parse(MENDED[line]!) as object)
    assert.equal(text, `${JSON.stringify(expected, null, 2)}\n`)
    write('one.json', JSON.stringify(rows[0], null, 1))
    assert.equal((await fix('one.json', 'one-out.json')).code, 0)
    assert.equal(read('one-out.json'), JSON.stringify(expected[0], null, 1))
    assert.equal((await fix('bad.jsonl', 'out.jsonl.zst')).code, 1)
    const unpacked = await readAll('out.jsonl.zst')
    assert.deepEqual(unpacked.map(toPlain), (await readAll('out.jsonl')).map(toPlain))
  })

  test('CSV and Arrow become JSON lines, which is said', async () => {
    const texts = [0, 1, 3].map(line =>
      JSON.stringify((JSON.parse(LINES[line]!) as { messages: object }).messages),
    )
    write('rows.csv', `messages\n${texts.map(text => `"${text.replaceAll('"', '""')}"`).join('\n')}\n`)
    write('rows.arrow', tableToIPC(tableFromArrays({ messages: texts }), {})!)
    for (const input of ['rows.csv', 'rows.arrow']) {
      const output = `${input}.jsonl`
      const { code, stderr, stdout } = await fix(input, output)
      assert.equal(code, 0, stdout)
      assert.match(
        stderr,
        new RegExp(`^lossline: ${output} is written as JSON lines: ${input} is no JSON\\.\n$`),
      )
      const lines = read(output).trimEnd().split('\n')
      const mended = lines.map(line => (JSON.parse(line) as { messages: string }).messages)
      assert.deepEqual(
        mended.map(text => JSON.parse(text) as object),
        [0, 1, 3].map(line => (JSON.parse(MENDED[line]!) as { messages: object }).messages),
      )
    }
    const named = await fix('rows.csv', 'out.csv')
    assert.equal(named.code, 1)
    assert.match(
      named.stderr,
      /^lossline: out\.csv names a file of csv; expected JSON\. Name a file of JSON lines/,
    )
    const list = await fix('rows.csv', 'out-lines.json')
    assert.match(list.stderr, /out-lines\.json would hold JSON lines, .* Name it out-lines\.jsonl\.\n$/)
    assert.equal(existsSync(join(folder, 'out-lines.json')), false)
  })

  test('null in a column is mended as null in JSON', async () => {
    const chats = [null, 'Of snow?'].map(content => [
      { role: 'user', content },
      { role: 'assistant', content: 'White.' },
    ])
    write('null.arrow', tableToIPC(toColumns(chats), {})!)
    const { code, stdout } = await fix('null.arrow', 'null.jsonl')
    assert.equal(code, 0, stdout)
    assert.match(
      stdout,
      /@@ null\.arrow\[0\] @@ unusable-row\n messages\[0\]\.content\n- {2}null\n\+ {2}""\n/,
    )
    const [first] = read('null.jsonl').split('\n')
    assert.deepEqual(JSON.parse(first!), {
      messages: [
        { role: 'user', content: '' },
        { role: 'assistant', content: 'White.' },
      ],
    })
  })

  test('null in a column is mended beside ids and times, and not beside what may be the content', async () => {
    const message = { role: 'user', id: 'msg_1', created_at: '2026-01-02', tokens: 3 }
    const answer = { role: 'assistant', content: 'White.' }
    for (const [beside, code] of [
      [{ timestamp: 'Monday at 3' }, 0],
      [{ reply: 'Of snow?' }, 1],
      [{ parts: [{ text: 'Of snow?' }] }, 1],
    ] as const) {
      write('beside.arrow', tableToIPC(toColumns([[{ ...message, ...beside }, answer]]), {})!)
      const { code: found, stdout } = await fix('beside.arrow', 'beside.jsonl', '--overwrite')
      assert.equal(found, code, stdout)
      const [mended] = (JSON.parse(read('beside.jsonl')) as { messages: object[] }).messages
      assert.deepEqual(mended, { ...message, ...beside, ...(code === 0 && { content: '' }) })
      if (code === 1) assert.match(stdout.replace(/\s+/g, ' '), /none beside a key that may be the content/)
    }
  })

  test('never writes over what is there, but with --overwrite, and never over its input', async () => {
    write('there.jsonl', 'mine')
    const refused = await fix('bad.jsonl', 'there.jsonl')
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^lossline: there\.jsonl is there already\. Write it anew with --overwrite/)
    assert.equal(read('there.jsonl'), 'mine')
    await fix('bad.jsonl', 'there.jsonl', '--overwrite')
    assert.equal(read('there.jsonl'), MENDED.join('\n'))
    symlinkSync(join(folder, 'bad.jsonl'), join(folder, 'link.jsonl'))
    for (const output of ['bad.jsonl', './bad.jsonl', 'link.jsonl']) {
      const inPlace = await fix('bad.jsonl', output, '--overwrite')
      assert.match(inPlace.stderr, /is the file that is read\. Name another file/)
    }
    assert.equal(read('bad.jsonl'), LINES.join('\n'))
    mkdirSync(join(folder, 'sub'))
    assert.match(
      (await fix('bad.jsonl', 'sub', '--overwrite')).stderr,
      /sub is a folder; expected a file to write/,
    )
    assert.match((await fix('bad.jsonl', 'none/out.jsonl')).stderr, /its folder does not exist/)
    const useless = await runCli(['check', 'bad.jsonl', '--tokenizer', model, '--overwrite'], { cwd: folder })
    assert.equal(useless.code, 2)
  })

  test('leaves nothing behind when Ctrl-C ends it', { timeout: 60_000 }, async () => {
    const args = ['check', '-', '--tokenizer', model, '--fix', 'stopped.jsonl']
    const { child, result } = startCli(args, { cwd: folder })
    // Standard input stays open: the file that is begun can't be finished.
    child.stdin.on('error', () => {}).write(`${LINES[0]}\n`)
    const timer = setInterval(() => {
      if (!existsSync(join(folder, 'stopped.jsonl.tmp'))) return
      clearInterval(timer)
      child.kill('SIGINT')
    }, 5)
    const { code } = await result.finally(() => clearInterval(timer))
    assert.equal(code, 130)
    assert.deepEqual(
      readdirSync(folder).filter(name => name.startsWith('stopped')),
      [],
    )
  })

  test('--json has what was mended; a rule that is off mends nothing', async () => {
    const { stdout } = await fix('bad.jsonl', 'json.jsonl', '--json', '--rule', 'unusable-row=off')
    const { fixed, rows } = JSON.parse(stdout) as { rows: number; fixed: Record<string, unknown> }
    assert.equal(rows, 5)
    const { diffs, ...counts } = fixed
    assert.deepEqual(counts, { output: 'json.jsonl', rows: 1, rules: { 'unknown-role': 1 }, left_out: 0 })
    assert.deepEqual(diffs, [
      {
        where: 'bad.jsonl:1',
        changes: [{ rules: ['unknown-role'], path: 'messages[0].role', before: '"User"', after: '"user"' }],
      },
    ])
  })

  test('without it, says what it would mend; with it, why what is left was not', async () => {
    const run = async (...flags: string[]): Promise<string> => {
      const { stdout } = await runCli(['check', 'bad.jsonl', '--tokenizer', model, ...flags], { cwd: folder })
      return stdout.replace(/\s+/g, ' ')
    }
    const before = await run()
    assert.match(before, /--fix OUT\.jsonl can mend without guessing: unknown-role: only another case, /)
    assert.match(before, /unusable-row: only a content that is null, and of an answer only where /)
    const after = await run('--fix', 'what-is-left.jsonl')
    assert.match(after, /--fix left these, as it mends: .*unusable-row: only a content that is null/)
  })
})

async function readAll(name: string): Promise<DatasetRow[]> {
  const rows: DatasetRow[] = []
  for await (const row of readRows(join(folder, name))) rows.push(row)
  return rows
}

function toPlain(row: DatasetRow): unknown {
  return row.kind === 'row' ? row.value : row.text
}
