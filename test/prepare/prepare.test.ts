import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { columnFromArray, tableFromColumns, tableToIPC, utf8 } from '@uwdata/flechette'
import { type Manifest, type Progress, prepare as prepareInto } from '../../src/prepare/index.ts'
import { CHATML, makeModelFolder } from '../cli/model-folder.ts'
import { type CliResult, makeFolder, runCli, writeRows } from '../cli/run-cli.ts'
import { hashFolder, makeConversations, readJsonlShards } from './folder.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const folder = makeFolder()
const model = makeModelFolder()
const chats = makeConversations(600)
const file = writeRows(folder, 'chats.jsonl', chats)
/** More than a chunk of rows, of which a shard has at least one. */
const large = writeRows(folder, 'large.jsonl', makeConversations(4000))
after(() => rmSync(folder, { recursive: true }))

let outputs = 0

/** Prepares into a new folder. */
async function prepare(...args: string[]): Promise<CliResult & { out: string; manifest: () => Manifest }> {
  const out = join(folder, `out-${outputs++}`)
  const result = await runCli(['prepare', ...args, '--tokenizer', model, '-o', out])
  return {
    ...result,
    out,
    manifest: () => JSON.parse(readFileSync(join(out, 'lossline.json'), 'utf8')) as Manifest,
  }
}

const toKey = ({ input_ids }: { readonly input_ids: readonly number[] }): string => input_ids.join(' ')

describe('prepare', () => {
  for (const format of ['arrow', 'parquet', 'jsonl']) {
    test(`writes the same bytes of ${format} with one, two and three workers`, async () => {
      const hashes = []
      for (const workers of ['1', '2', '3']) {
        const args = [
          large,
          '--format',
          format,
          '--shard-size',
          '200kB',
          '--max-length',
          '200',
          '--packing',
          'bfd',
        ]
        const { code, out, stderr } = await prepare(...args, '--workers', workers)
        assert.equal(code, 0, stderr)
        hashes.push(hashFolder(out))
      }
      assert.ok(Object.keys(hashes[0]!).filter(name => name.startsWith('data-')).length > 1)
      assert.deepEqual(hashes[1], hashes[0])
      assert.deepEqual(hashes[2], hashes[0])
    })
  }

  test('prepares what show shows', async () => {
    const { out, code } = await prepare(file, '--format', 'jsonl', '--max-length', 'none')
    assert.equal(code, 0)
    const shown = await runCli(['show', file, '--tokenizer', model, '--json'])
    const rows = shown.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { input_ids: number[]; labels: number[] })
    assert.deepEqual(
      readJsonlShards(out),
      rows.map(({ input_ids, labels }) => ({ input_ids, labels })),
    )
  })

  test('shuffles all rows, in an order that the seed gives', async () => {
    const plain = readJsonlShards((await prepare(file, '--format', 'jsonl')).out).map(toKey)
    const orders = []
    for (const seed of ['1', '2']) {
      const { out } = await prepare(
        file,
        '--format',
        'jsonl',
        '--shuffle-dataset',
        '--seed',
        seed,
        '--shard-size',
        '50kB',
      )
      orders.push(readJsonlShards(out).map(toKey))
    }
    for (const order of orders) {
      assert.notDeepEqual(order, plain)
      assert.deepEqual(order.toSorted(), plain.toSorted())
    }
    assert.notDeepEqual(orders[0], orders[1])
  })

  test('takes a share of some inputs and a number of rows of others', async () => {
    const texts = writeRows(
      folder,
      'texts.jsonl',
      Array.from({ length: 40 }, () => ({ text: 'The grass is green.' })),
    )
    const { manifest, code } = await prepare(`path=${file},weight=1.5`, `path=${texts},samples=100`)
    assert.equal(code, 0)
    const { messages = 0, text } = manifest().formats
    assert.equal(text, 100)
    assert.ok(messages > 800 && messages < 1000, String(messages))
  })

  test('tells how much of the inputs is read, packed and plain, once and again, and in the end all of it', async () => {
    const packed = join(folder, 'packed.jsonl.gz')
    writeFileSync(packed, gzipSync(readFileSync(file)))
    let last: Progress | undefined
    await prepareInto({
      inputs: [{ path: packed }, { path: file, weight: 1.5 }, { path: packed, samples: 700 }],
      model,
      output: join(folder, 'metered'),
      onProgress: progress => {
        last = progress
      },
    })
    const sizes = [packed, file, file, packed, packed, packed].map(path => statSync(path).size)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    assert.deepEqual([last?.bytesRead, last?.bytesTotal], [total, total])
  })

  test('names and hashes the files of a folder that datasets has saved', async () => {
    const saved = join(folder, 'saved')
    mkdirSync(saved)
    const table = tableFromColumns({ text: columnFromArray(['The grass is green.'], utf8()) })
    const bytes = tableToIPC(table, { format: 'stream' })!
    writeFileSync(join(saved, 'rows.arrow'), bytes)
    writeFileSync(join(saved, 'state.json'), '{"_data_files": [{"filename": "rows.arrow"}]}')
    const { manifest } = await prepare(saved)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    assert.deepEqual(manifest().inputs, [
      { path: saved, files: [{ path: join(saved, 'rows.arrow'), bytes: bytes.length, sha256 }] },
    ])
  })

  test('adds loss weights to all shards when a late row has one between 0 and 1', async () => {
    const rows = makeConversations(4000, 2).map(({ messages }, r) => ({
      messages: messages.map(message =>
        r === 3900 && message.role === 'assistant' ? { ...message, weight: 0.5 } : message,
      ),
    }))
    const { out, manifest } = await prepare(
      writeRows(folder, 'weighted.jsonl', rows),
      '--format',
      'jsonl',
      '--shard-size',
      '100kB',
    )
    assert.ok(manifest().shards.length > 1)
    const written = readJsonlShards(out)
    for (const { labels, loss_weights } of written) {
      assert.deepEqual(
        labels.map(label => label !== -100),
        loss_weights!.map(weight => weight !== 0),
      )
    }
    assert.equal(written.filter(({ loss_weights }) => loss_weights!.includes(0.5)).length, 1)
  })

  test('counts what it cuts: kept and lost are all there was', async () => {
    for (const truncation of ['keep-start', 'keep-end', 'drop', 'split-turns']) {
      const { manifest, stdout, code, out } = await prepare(
        file,
        '--max-length',
        '100',
        '--truncation',
        truncation,
      )
      assert.equal(code, 0)
      const { counts, truncation: t } = manifest()
      assert.equal(counts.kept_trained_tokens + t['trained_tokens_lost']!, counts.trained_tokens)
      assert.ok(t['too_long']! > 0)
      assert.equal(t['cut']! + t['split']! + t['dropped']!, t['too_long'])
      assert.match(stdout, new RegExp(`--truncation ${truncation}`))
      const report = readFileSync(join(out, 'report.html'), 'utf8')
      assert.match(
        report,
        /<h2>Lengths before cutting<.*<h2>Lengths that are kept<.*the longest has (?:100|9\d)\./s,
      )
      if (truncation === 'split-turns') assert.equal(t['trained_tokens_lost'], 0)
    }
  })

  test('puts rows that can’t be used into a file, with the reason and the row', async () => {
    const bad = join(folder, 'bad.jsonl')
    writeFileSync(bad, `${JSON.stringify(chats[0])}\n{"messages": [1.0]}\n\n{"mess\n`)
    const { code, out, stderr } = await prepare(bad)
    assert.equal(code, 1)
    const rejects = readFileSync(join(out, 'rejected.jsonl'), 'utf8').trimEnd().split('\n')
    const parsed = rejects.map(line => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(
      parsed.map(({ file, row, data }) => [file, row, data]),
      [
        [bad, 1, { messages: [1] }],
        [bad, 2, '{"mess'],
      ],
    )
    assert.match(rejects[0]!, /"data":\{"messages": \[1\.0\]\}/)
    for (const { reason } of parsed)
      assert.match(
        stderr,
        new RegExp(
          String(reason)
            .slice(0, 20)
            .replace(/[[\].$?*+(){}|\\]/g, '\\$&'),
        ),
      )
    assert.match(
      stderr,
      /2 of 3 rows could not be used: .*rejected\.jsonl; --allow-rejects makes that no failure\./,
    )
    assert.equal((await prepare(bad, '--allow-rejects')).code, 0)
  })

  test('warns of a kwarg that no template reads', async () => {
    const { stdout, code } = await prepare(file, '--chat-template-kwargs', '{"enable_thinkin": true}')
    assert.equal(code, 0)
    assert.match(stdout, /warn kwarg-not-read\n {2}.*chat_template_kwargs sets\s+"enable_thinkin",/)
  })

  test('writes a report that nothing of the data can act in', async () => {
    const rows = [
      {
        messages: [
          { role: 'user', content: '<script>x</script>' },
          { role: 'assistant', content: '<b>&' },
        ],
      },
      { messages: '<img>' },
    ]
    const { out } = await prepare(writeRows(folder, 'escaped.jsonl', rows))
    const report = readFileSync(join(out, 'report.html'), 'utf8')
    assert.doesNotMatch(report, /<script|<img|<b>&|https?:/)
    assert.match(report, /<h2>Lengths</)
    assert.match(report, /class="y"[^>]*>&#60;/)
    assert.match(report, /messages is &#34;&#60;img&#62;&#34;/)
  })

  test('has nothing that looks whole when no row can be used', async () => {
    const { code, out, stderr } = await prepare(
      writeRows(folder, 'none.jsonl', [{ messages: 1 }, { messages: 2 }]),
    )
    assert.equal(code, 1)
    assert.match(
      stderr,
      /gets no rows: none of 2 can be used\. The first: .*none\.jsonl:1 messages is the number 1; .* Its rejected\.jsonl has all, with the reasons\.\n$/,
    )
    assert.deepEqual(Object.keys(hashFolder(out)), ['rejected.jsonl'])
  })

  test('writes over a folder whose rows could not be used, as if it were not there', async () => {
    const out = join(folder, 'second-try')
    const args = ['--tokenizer', model, '-o', out]
    for (const more of [[], ['--resume'], ['--overwrite']]) {
      const none = writeRows(folder, 'none.jsonl', [{ messages: 1 }])
      assert.equal((await runCli(['prepare', none, ...args])).code, 1)
      const { code, stderr } = await runCli(['prepare', file, ...args, ...more])
      assert.equal(code, 0, stderr)
      assert.ok(!existsSync(join(out, 'rejected.jsonl')))
      rmSync(out, { recursive: true })
    }
  })

  test('leaves no folder where no example has a trained token', async () => {
    const rows = [{ messages: [{ role: 'user', content: 'grass' }] }]
    const { code, out, stderr } = await prepare(writeRows(folder, 'untrained.jsonl', rows))
    assert.equal(code, 1)
    assert.match(stderr, /none of 1 examples has a trained token\. Look at some with lossline show\./)
    assert.ok(!existsSync(out))
  })

  test('says where no folder can be made', {
    skip: !existsSync('/proc/self') && 'there is no /proc here',
  }, async () => {
    const { code, stderr } = await runCli(['prepare', file, '--tokenizer', model, '-o', '/proc/new/out'])
    assert.equal(code, 1)
    assert.match(stderr, /^lossline: \/proc\/new\/out can't be written/)
  })

  test('says that a template writes the time, and writes the same on another day when told which it is', async () => {
    const template = join(folder, 'clock.jinja')
    writeFileSync(template, `{{ strftime_now('%S') }}${CHATML}`)
    const { manifest, stderr } = await prepare(file, '--chat-template', template)
    assert.match(manifest().now!, /^\d{4}-/)
    assert.match(stderr, /the template writes the time, here .*: --now gives the same rows another day\./)
    const fixed = await prepare(file, '--chat-template', template, '--now', '2026-01-15T09:30:12')
    assert.doesNotMatch(fixed.stderr, /writes the time/)
    assert.equal(fixed.manifest().now, '2026-01-15T09:30:12.000Z')
  })

  test('touches no folder that it has not written', async () => {
    const out = join(folder, 'foreign')
    mkdirSync(out)
    writeFileSync(join(out, 'thesis.txt'), 'mine')
    for (const more of [[], ['--resume'], ['--overwrite']]) {
      const { code, stderr } = await runCli(['prepare', file, '--tokenizer', model, '-o', out, ...more])
      assert.equal(code, 1)
      assert.match(stderr, /Lossline has not written|exists and is not empty/)
      assert.deepEqual(Object.keys(hashFolder(out)), ['thesis.txt'])
    }
  })

  test('writes a folder of its own anew when told to', async () => {
    const out = join(folder, 'anew')
    const args = ['prepare', file, '--tokenizer', model, '-o', out]
    await runCli([...args, '--shard-size', '100kB'])
    const refused = await runCli(args)
    assert.equal(refused.code, 1)
    assert.match(
      refused.stderr,
      /holds a prepared dataset\. Write it anew with --overwrite, or name another folder\./,
    )
    assert.equal((await runCli([...args, '--overwrite'])).code, 0)
    assert.deepEqual(hashFolder(out), hashFolder((await prepare(file)).out))
  })

  test('leaves nothing of a run that failed before anything was done', async () => {
    const { code, stderr, out } = await prepare(file, '--mask', 'response-template')
    assert.equal(code, 2, stderr)
    assert.ok(!existsSync(out))
  })

  test('ends where a file does too early, though rows of it were waiting for the calling thread', () => {
    const cut = join(folder, 'cut.jsonl.gz')
    const packed = gzipSync(readFileSync(large))
    writeFileSync(cut, packed.subarray(0, packed.length - 100))
    const args = ['prepare', cut, '--tokenizer', model, '-o', join(folder, 'of-cut'), '--workers', '1']
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    assert.match(stderr, /cut\.jsonl\.gz ends in the middle of its gzip data/)
    assert.equal(status, 1)
  })

  test('options that don’t go together are usage', async () => {
    for (const [args, expected] of [
      [
        ['--packing', 'wrapped', '--truncation', 'drop'],
        /: --packing is wrapped, which splits what is too long/,
      ],
      [
        ['--packing', 'bfd', '--max-length', 'none'],
        /: --packing needs a length for its packs\. Give --max-length\./,
      ],
      [['--resume', '--overwrite'], /exclude each other/],
      [
        ['path=chats.jsonl,wieght=2'],
        /expected weight=2 or samples=1000, not wieght\. Did you mean weight\?/,
      ],
    ] as const) {
      const { code, stderr, out } = await prepare(file, ...args)
      assert.equal(code, 2)
      assert.match(stderr, expected)
      assert.equal(stderr.trimEnd().split('\n').length, 1)
      assert.ok(!existsSync(out))
    }
  })
})
