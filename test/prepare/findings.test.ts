// What the linter finds stops a preparation, unless it is allowed by name.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { type Manifest, prepare, prepareRows } from '../../src/prepare/index.ts'
import { makeModelFolder } from '../cli/model-folder.ts'
import { type CliResult, makeFolder, runCli, writeRows } from '../cli/run-cli.ts'
import { hashFolder, makeConversations } from './folder.ts'

const folder = makeFolder()
const model = makeModelFolder()
after(() => rmSync(folder, { recursive: true }))

const user = { role: 'user', content: 'What is the colour of grass?' }
const GOOD = { messages: [user, { role: 'assistant', content: 'Green.' }] }
const THINKING = {
  messages: [user, { role: 'assistant', content: 'Green.', reasoning_content: 'Grass is.' }],
}
/** An error that only a rule finds, and not the mask. */
const CONTROL = { messages: [{ role: 'user', content: '<|im_start|>What?' }, GOOD.messages[1]] }
const UNANSWERED = { messages: [user] }

let outputs = 0
const run = async (file: string, ...more: string[]): Promise<CliResult & { out: string }> => {
  const out = join(folder, `out-${outputs++}`)
  return { ...(await runCli(['prepare', file, '--tokenizer', model, '-o', out, ...more])), out }
}
const readManifest = (out: string): Manifest =>
  JSON.parse(readFileSync(join(out, 'lossline.json'), 'utf8')) as Manifest

describe('prepare', () => {
  test('stops at errors with the first one’s place, all their rules, and the flag that allows them', async () => {
    const file = writeRows(folder, 'errors.jsonl', [GOOD, THINKING, CONTROL, THINKING])
    const { code, stderr, out } = await run(file)
    assert.equal(code, 1)
    assert.match(stderr, /errors\.jsonl:2 messages\[1\]\.reasoning_content is not in the text/)
    assert.match(stderr, /In 4 rows there are errors: field-ignored 2 times, special-token-in-content once\./)
    assert.match(stderr, /--allow-findings field-ignored,special-token-in-content goes on as it is\.\n$/)
    assert.equal(existsSync(out), false)
  })

  test('goes on where they are allowed, and counts them in the manifest', async () => {
    const file = writeRows(folder, 'errors.jsonl', [GOOD, THINKING, CONTROL, THINKING])
    const some = await run(file, '--allow-findings', 'field-ignored')
    assert.equal(some.code, 1)
    assert.match(some.stderr, /--allow-findings special-token-in-content goes on/)
    const all = await run(file, '--allow-findings', 'field-ignored,special-token-in-content')
    assert.equal(all.code, 0, all.stderr)
    const { findings, counts } = readManifest(all.out)
    assert.deepEqual(
      Object.entries(findings).map(([rule, { severity, count }]) => [rule, severity, count]),
      [
        ['field-ignored', 'error', 2],
        ['special-token-in-content', 'error', 1],
      ],
    )
    assert.equal(counts.kept_rows, 4)
  })

  test('refuses a rule that there is not', async () => {
    const file = writeRows(folder, 'good.jsonl', [GOOD])
    const { code, stderr } = await run(file, '--allow-findings', 'field-ignore')
    assert.equal(code, 2)
    assert.match(
      stderr,
      /--allow-findings names the rule "field-ignore", which there is not\. Did you mean field-ignored\?/,
    )
  })

  test('goes on after a stop in the middle, to the bytes of a run that was allowed from the start', async () => {
    const rows = [...makeConversations(6000), THINKING, ...makeConversations(50, 2)]
    const file = writeRows(folder, 'late.jsonl', rows)
    const options = ['--shard-size', '200kB', '--workers', '2']
    const stopped = await run(file, ...options)
    assert.match(stopped.stderr, /late\.jsonl:6001 /)
    const allowed = ['--allow-findings', 'field-ignored']
    const args = ['prepare', file, '--tokenizer', model, '-o', stopped.out, ...options, ...allowed]
    const resumed = await runCli([...args, '--resume'])
    assert.equal(resumed.code, 0, resumed.stderr)
    const whole = await run(file, ...options, ...allowed)
    assert.deepEqual(hashFolder(stopped.out), hashFolder(whole.out))
  })

  test('leaves out few rows without a trained token, and stops where they are many', async () => {
    const few = writeRows(folder, 'few.jsonl', [...Array(100).fill(GOOD), UNANSWERED])
    const told = await run(few)
    assert.equal(told.code, 0, told.stderr)
    assert.equal(readManifest(told.out).counts.dropped_untrained, 1)
    const many = writeRows(folder, 'many.jsonl', [GOOD, UNANSWERED])
    const { code, stderr } = await run(many)
    assert.equal(code, 1)
    assert.match(
      stderr,
      /many\.jsonl:2 No token of this row is trained\. .*--allow-findings no-trained-token /,
    )
    assert.equal((await run(many, '--allow-findings', 'no-trained-token')).code, 0)
  })

  test('stops where answers are cut away, unless that was asked for', async () => {
    const long = { messages: [{ role: 'user', content: 'coal '.repeat(50) }, GOOD.messages[1]] }
    const file = writeRows(folder, 'long.jsonl', [GOOD, long])
    const { code, stderr } = await run(file, '--max-length', '30')
    assert.equal(code, 1)
    assert.match(stderr, /long\.jsonl:2 .*nothing-trained-after-cut once/)
    assert.equal((await run(file, '--max-length', '30', '--truncation', 'drop')).code, 0)
    assert.equal((await run(file, '--max-length', '30', '--truncation', 'keep-end')).code, 0)
  })

  test('the functions do the same, and name their option', async () => {
    const path = writeRows(folder, 'api.jsonl', [GOOD, THINKING])
    const options = { inputs: [{ path }], model }
    await assert.rejects(prepare({ ...options, output: join(folder, 'api') }), error => {
      assert.match(String((error as Error).stack), /allowFindings field-ignored/)
      return (error as { code?: unknown }).code === 'prepare/findings'
    })
    const iterate = async (allowFindings: string[]): Promise<number> => {
      let rows = 0
      for await (const _ of prepareRows({ ...options, allowFindings })) rows++
      return rows
    }
    await assert.rejects(iterate([]), { code: 'prepare/findings', where: `${path}:2` })
    assert.equal(await iterate(['field-ignored']), 2)
  })
})
