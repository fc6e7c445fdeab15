import assert from 'node:assert/strict'
import { appendFileSync, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeModelFolder } from '../cli/model-folder.ts'
import { type CliResult, makeFolder, runCli, startCli, writeRows } from '../cli/run-cli.ts'
import { random } from '../random.ts'
import { hashFolder, makeConversations } from './folder.ts'

const KILLS = 20

describe('an interrupted preparation', () => {
  const folder = makeFolder()
  const model = makeModelFolder()
  const rows: unknown[] = makeConversations(4000)
  rows[1234] = { messages: 'none' }
  const file = writeRows(folder, 'chats.jsonl', rows)
  const args = (out: string, ...more: string[]): string[] => [
    ...['prepare', file, file, '--tokenizer', model, '-o', join(folder, out), '--shard-size', '400kB'],
    ...['--max-length', '128', '--packing', 'bfd', '--allow-rejects', '--workers', '2', ...more],
  ]
  after(() => rmSync(folder, { recursive: true }))

  for (const more of [[], ['--shuffle-dataset']]) {
    test(`ends with the bytes of an undisturbed one, killed at ${KILLS / 2} random moments ${more.join(' ')}`, async () => {
      rmSync(join(folder, 'whole'), { recursive: true, force: true })
      const start = performance.now()
      assert.equal((await runCli(args('whole', ...more))).code, 0)
      const durationMs = performance.now() - start
      const expected = hashFolder(join(folder, 'whole'))
      assert.ok(Object.keys(expected).filter(name => name.startsWith('data-')).length > 4)
      const next = random(3)
      let kills = 0
      for (let round = 0; kills < KILLS / 2 && round < KILLS * 3; round++) {
        const { child, result } = startCli(args('killed', '--resume', ...more))
        const timer = setTimeout(() => child.kill('SIGKILL'), (durationMs * (30 + next(65))) / 100)
        const { signal, code } = await result
        clearTimeout(timer)
        if (signal === 'SIGKILL') kills++
        else {
          assert.equal(code, 0)
          assert.deepEqual(hashFolder(join(folder, 'killed')), expected)
          rmSync(join(folder, 'killed'), { recursive: true })
        }
      }
      assert.ok(kills >= KILLS / 2, `${kills} kills`)
      assert.equal((await runCli(args('killed', '--resume', ...more))).code, 0)
      assert.deepEqual(hashFolder(join(folder, 'killed')), expected)
      rmSync(join(folder, 'killed'), { recursive: true })
    })
  }

  test('is not taken for whole when it was made of something else', async () => {
    const make = (...more: string[]): Promise<CliResult> =>
      runCli(['prepare', file, '--tokenizer', model, '-o', join(folder, 'other'), '--allow-rejects', ...more])
    assert.equal((await make('--max-length', '64')).code, 0)
    const same = await make('--max-length', '64', '--resume')
    assert.match(same.stderr, /is whole already; nothing was done\./)
    assert.equal(same.code, 0)
    const longer = await make('--max-length', '128', '--resume')
    assert.match(
      longer.stderr,
      /was begun with another max length: 64, and now it is 128\. Give the same, or start anew with --overwrite\./,
    )
    assert.equal(longer.code, 1)
    const grown = await make(file, '--max-length', '64', '--resume')
    assert.match(grown.stderr, /was begun with other inputs, or they have changed since\. Give the same/)
    rmSync(join(folder, 'other'), { recursive: true })
  })

  describe('that Ctrl-C has stopped', () => {
    before(async () => {
      const { child, result } = startCli(args('stopped', '--shuffle-dataset'))
      const timer = setInterval(() => {
        // As soon as something is done, and before all of it is.
        if (!existsSync(join(folder, 'stopped', '.lossline', 'journal.json'))) return
        clearInterval(timer)
        child.kill('SIGINT')
      }, 5)
      const { code, stderr } = await result
      clearInterval(timer)
      assert.equal(code, 130, stderr)
      assert.match(stderr, /is not finished; the same command with --resume goes on/)
    })

    test('is refused to whoever doesn’t ask to go on', async () => {
      const { code, stderr } = await runCli(args('stopped', '--shuffle-dataset'))
      assert.equal(code, 1)
      assert.match(
        stderr,
        /holds an interrupted preparation\. Go on with --resume, or start anew with --overwrite\./,
      )
    })

    test('goes on with the same options alone', async () => {
      const { code, stderr } = await runCli(args('stopped', '--shuffle-dataset', '--resume', '--seed', '7'))
      assert.equal(code, 1)
      assert.match(stderr, /was begun with another seed: 42, and now it is 7/)
    })

    test('goes on with the same inputs alone', async () => {
      cpSync(join(folder, 'stopped'), join(folder, 'changed'), { recursive: true })
      const kept = join(folder, 'kept.jsonl')
      cpSync(file, kept, { preserveTimestamps: true })
      appendFileSync(file, '{"text": "more"}\n')
      const { code, stderr } = await runCli(args('changed', '--shuffle-dataset', '--resume'))
      cpSync(kept, file, { preserveTimestamps: true })
      assert.equal(code, 1)
      assert.match(stderr, /was begun with other inputs/)
    })

    test('says so when its journal is damaged', async () => {
      cpSync(join(folder, 'stopped'), join(folder, 'damaged'), { recursive: true })
      writeFileSync(join(folder, 'damaged', '.lossline', 'journal.json'), '{"chunks": 1')
      const { code, stderr } = await runCli(args('damaged', '--shuffle-dataset', '--resume'))
      assert.equal(code, 1)
      assert.match(stderr, /journal\.json is damaged.*Start anew with --overwrite/)
    })
  })

  test('that is whole already is left as it is', async () => {
    const first = await runCli(args('done'))
    const expected = hashFolder(join(folder, 'done'))
    const again = await runCli(args('done', '--resume'))
    assert.equal(again.code, 0)
    assert.equal(again.stdout, first.stdout)
    assert.match(again.stderr, /is whole already; nothing was done/)
    assert.deepEqual(hashFolder(join(folder, 'done')), expected)
  })
})
