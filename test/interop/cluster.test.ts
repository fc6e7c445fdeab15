// The examples for Ray and Spark on the real engines, in local mode with two worker processes, over all rows of ../shared/data: the same rows
// as `lossline prepare` gives on one machine.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ROOT } from '../package/package-root.ts'
import { findPython, findShared, runPython, whyNoPython } from './python.ts'

const SCRIPT = 'test/interop/cluster_rows.py'
const PROGRAM = join(ROOT, 'dist/src/cli/main.js')

interface PreparedRow {
  readonly row_id: string
  readonly input_ids: readonly number[] | null
  readonly labels: readonly number[] | null
  readonly loss_weights: readonly number[] | null
  readonly error: string | null
}

const python = findPython('cluster')
const data = findShared('data')
const tokenizer = findShared('tokenizers/qwen3')
const why =
  python === undefined ? whyNoPython('cluster') : data === undefined ? '../shared is not here' : undefined

describe('prepares on a cluster as on one machine', { skip: why ?? false }, () => {
  const work = mkdtempSync(join(tmpdir(), 'lossline-cluster-'))
  const rows = join(work, 'rows')
  // A length that tears some rows apart and leaves nothing of others.
  const options = ['--tokenizer', tokenizer!, '--max-length', '256', '--truncation', 'split-turns']
  const env = { ...process.env, LOSSLINE_CACHE: join(work, 'cache') }
  let ids: readonly string[]
  let expected: readonly Pick<PreparedRow, 'input_ids' | 'labels'>[]

  before(() => {
    const broken = join(work, 'broken.json')
    writeFileSync(broken, JSON.stringify([{ messages: [{ role: 'asistant', content: 'x' }] }]))
    const files = readdirSync(data!).filter(name => name.includes('.json'))
    const paths = [...files.map(name => join(data!, name)), broken]
    const [written] = ask<{ ids: string[] }>({ write: paths, to: rows })
    ids = written!.ids
    expected = prepareHere()
  })
  // Ray's processes may still be tidying up.
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5 }))

  test('examples/ray_prepare.py, on Ray', () => {
    const output = join(work, 'from-ray')
    runExample('ray_prepare.py', [rows, output, '--workers', '2'], { RAY_TMPDIR: work })
    check(output)
  })

  test('examples/spark_prepare.py, on Spark', t => {
    if (spawnSync('java', ['-version']).status !== 0) return t.skip('no java is here, and Spark runs on it')
    const output = join(work, 'from-spark')
    runExample('spark_prepare.py', [rows, output], {
      PYSPARK_PYTHON: python!,
      PYSPARK_SUBMIT_ARGS: '--master local[2] --conf spark.ui.enabled=false pyspark-shell',
      SPARK_LOCAL_IP: '127.0.0.1',
    })
    check(output)
  })

  function ask<Answer>(question: object): Answer[] {
    return runPython(python!, SCRIPT, [question]) as Answer[]
  }

  function prepareHere(): typeof expected {
    const output = join(work, 'here')
    const args = ['prepare', rows, '-o', output, ...options, '--format', 'jsonl', '--allow-rejects']
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', env })
    assert.equal(status, 0, stderr)
    const shards = readdirSync(output).filter(name => /^data-\d+\.jsonl$/.test(name))
    const lines = shards
      .sort()
      .flatMap(name => readFileSync(join(output, name), 'utf8').trimEnd().split('\n'))
    return lines.map(line => JSON.parse(line))
  }

  function runExample(name: string, args: readonly string[], more: Readonly<Record<string, string>>): void {
    const all = [join(ROOT, 'examples', name), ...args, '--id-column', 'row_id', ...options]
    const { status, stdout, stderr } = spawnSync(python!, all, {
      encoding: 'utf8',
      env: { ...env, LOSSLINE_COMMAND: `'${process.execPath}' '${PROGRAM}'`, ...more },
    })
    assert.equal(status, 0, `${stdout.slice(-2000)}${stderr.slice(-4000)}`)
    assert.match(stdout, /\n? *\d+ rows could not be prepared/)
  }

  function check(output: string): void {
    const [answer] = ask<{ rows: PreparedRow[] }>({ read: output })
    const order = new Map(ids.map((id, i) => [id, i]))
    const prepared = answer!.rows.sort((a, b) => order.get(a.row_id)! - order.get(b.row_id)!)
    assert.deepEqual([...new Set(prepared.map(({ row_id }) => row_id))], ids, 'each row has come out')
    const kept = prepared.filter(({ error }) => error === null)
    assert.deepEqual(
      kept.map(({ input_ids, labels }) => ({ input_ids, labels })),
      expected,
    )
    const errors = prepared.filter(({ error }) => error !== null)
    assert.match(errors.find(({ row_id }) => row_id === 'broken.json:0')!.error!, /asistant/)
  }
})
