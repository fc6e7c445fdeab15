// `lossline prepare --packing` gives the packs that TRL's pack_dataset makes of the same rows unpacked.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../package/package-root.ts'
import { findPython, findShared, runPython, whyNoPython } from './python.ts'

const PROGRAM = join(ROOT, 'dist/src/cli/main.js')
const MAX_LENGTH = 512

type Columns = Record<'input_ids' | 'labels' | 'seq_lengths', number[][]>

/** Each strategy, and the options that leave rows unpacked as it takes them: bfd packs what is cut. */
const STRATEGIES = [
  ['bfd', ['--max-length', String(MAX_LENGTH)]],
  ['bfd_split', ['--max-length', 'none']],
  ['wrapped', ['--max-length', 'none']],
] as const

test('prepare packs as TRL’s pack_dataset', async t => {
  const python = findPython('trl-1.16')
  if (python === undefined) return t.skip(whyNoPython('trl-1.16'))
  const data = findShared('data')
  if (data === undefined) return t.skip('../shared is not here')
  const work = mkdtempSync(join(tmpdir(), 'lossline-packs-'))
  const env = { ...process.env, LOSSLINE_CACHE: join(work, 'cache') }
  const prepare = (...args: readonly string[]): Columns => {
    const output = mkdtempSync(join(work, 'prepared-'))
    const all = ['prepare', join(data, 'glaive_toolcall_en_demo.json'), join(data, 'alpaca_en_demo.json')]
    const model = ['--tokenizer', findShared('tokenizers/qwen3')!, '-o', output, '--overwrite']
    const options = [...model, '--format', 'jsonl', ...args]
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...all, ...options], {
      encoding: 'utf8',
      env,
    })
    assert.equal(status, 0, stderr)
    return readColumns(output)
  }
  try {
    const requests = STRATEGIES.map(([strategy, unpacked]) => {
      const { input_ids, labels } = prepare(...unpacked)
      return { columns: { input_ids, labels }, max_length: MAX_LENGTH, strategy }
    })
    const expected = runPython(python, 'test/interop/trl_packing.py', requests)
    for (const [i, [strategy]] of STRATEGIES.entries()) {
      const packed = prepare('--packing', strategy, '--max-length', String(MAX_LENGTH))
      assert.deepEqual(packed, expected[i], strategy)
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
})

function readColumns(folder: string): Columns {
  const shards = readdirSync(folder).filter(name => /^data-\d+\.jsonl$/.test(name))
  assert.equal(shards.length, 1, 'packs are formed within a shard')
  const lines = readFileSync(join(folder, shards[0]!), 'utf8').trimEnd().split('\n')
  const rows = lines.map(line => JSON.parse(line) as Record<keyof Columns, number[]>)
  const names = Object.keys(rows[0]!) as (keyof Columns)[]
  return Object.fromEntries(names.map(name => [name, rows.map(row => row[name])])) as Columns
}
