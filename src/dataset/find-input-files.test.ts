import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { withoutPrivileges } from '../../test/unprivileged.ts'
import { describeError, LosslineError } from '../error.ts'
import { findInputFiles } from './index.ts'

const WORK = mkdtempSync(join(tmpdir(), 'lossline-find-'))
after(() => rmSync(WORK, { recursive: true, force: true }))

function makeFiles(...names: string[]): void {
  for (const name of names) {
    mkdirSync(join(WORK, name, '..'), { recursive: true })
    writeFileSync(join(WORK, name), name.includes('empty') ? '' : '{}\n')
  }
}

/** The files that inputs name, and what is said about them, with the folder left out. */
async function find(...inputs: string[]): Promise<string[]> {
  const lines: string[] = []
  try {
    const paths = inputs.map(input => (input === '-' ? input : join(WORK, input)))
    lines.push(...(await findInputFiles(paths, { notice: text => lines.push(`(${text})`) })))
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    lines.push(describeError(error))
  }
  return lines.map(line => line.replaceAll(`${WORK}/`, ''))
}

test('takes files, folders, patterns and standard input in the order given, each by name', async () => {
  makeFiles(
    'b/2.jsonl',
    'b/10.jsonl',
    'b/x.csv.gz',
    'b/.hidden.jsonl',
    'b/rejected.jsonl',
    'b/deep/1.json',
    'a.json',
  )
  assert.deepEqual(await find('b', '-', 'a.json'), [
    '(b also holds what is not read: deep/.)',
    'b/10.jsonl',
    'b/2.jsonl',
    'b/x.csv.gz',
    '-',
    'a.json',
  ])
  assert.deepEqual(await find('b/*.jsonl'), ['b/10.jsonl', 'b/2.jsonl'])
  assert.deepEqual(await find('b/**/*.{json,gz}'), ['b/deep/1.json', 'b/x.csv.gz'])
})

test('a file whose name looks like a pattern is that file', async () => {
  makeFiles('chats[1].jsonl', 'chats1.jsonl')
  assert.deepEqual(await find('chats[1].jsonl'), ['chats[1].jsonl'])
})

test('a folder of datasets.save_to_disk is one input', async () => {
  makeFiles('saved/state.json', 'saved/dataset_info.json', 'saved/data-00000-of-00001.arrow')
  makeFiles('splits/dataset_dict.json', 'splits/train/state.json')
  assert.deepEqual(await find('saved', 'splits', 'splits/train'), ['saved', 'splits', 'splits/train'])
})

test('says what is read twice', async () => {
  makeFiles('c/1.jsonl')
  assert.deepEqual(await find('c', 'c/*'), [
    '(c/1.jsonl is named more than once: its rows are read each time.)',
    'c/1.jsonl',
    'c/1.jsonl',
  ])
})

test('has one line for an input that gives nothing', async () => {
  makeFiles('words/README.md', 'empty.jsonl', 'locked.jsonl')
  const lines: readonly (readonly [string, string])[] = [
    ['nowhere.jsonl', 'nowhere.jsonl does not exist. Check the path.'],
    [
      'd/*.jsonl',
      'd/*.jsonl matches no file. Check the pattern; quote it if the shell should leave it alone.',
    ],
    [
      'words',
      'words holds no data files; expected .jsonl, .json, .csv, .tsv, .parquet or .arrow, plain, .gz or .zst. Name the files, or a pattern such as FOLDER/**/*.jsonl.',
    ],
    ['empty.jsonl', 'empty.jsonl is empty; expected rows. Leave it out, or write its rows.'],
  ]
  for (const [input, line] of lines) assert.deepEqual(await find(input), [line])
  chmodSync(join(WORK, 'locked.jsonl'), 0)
  chmodSync(WORK, 0o755)
  assert.deepEqual(await withoutPrivileges(() => find('locked.jsonl')), [
    "locked.jsonl can't be read: no permission. Check its permissions.",
  ])
})
