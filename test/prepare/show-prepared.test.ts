import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { makeModelFolder } from '../cli/model-folder.ts'
import { makeFolder, runCli, writeRows } from '../cli/run-cli.ts'
import { makeConversations } from './folder.ts'

interface ShownRow {
  readonly text: string
  readonly input_ids: number[]
  readonly labels: number[]
  readonly weights: number[]
  readonly offsets: (readonly [number, number])[]
  readonly seq_lengths?: number[]
  readonly messages: unknown
}

describe('show of a prepared folder', () => {
  const folder = makeFolder()
  const model = makeModelFolder()
  const rows = makeConversations(40)
  rows[7]!.messages[0]!.content = 'Grün 🙂 是 e\u0301 👨‍👩‍👧'
  const file = writeRows(folder, 'chats.jsonl', rows)
  const show = async (path: string, ...more: string[]): Promise<ShownRow[]> => {
    const { stdout, stderr, code } = await runCli(['show', path, '--tokenizer', model, '--json', ...more])
    assert.equal(code, 0, stderr)
    return stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as ShownRow)
  }
  const prepare = async (name: string, ...more: string[]): Promise<string> => {
    const out = join(folder, name)
    const { code, stderr } = await runCli(['prepare', file, '--tokenizer', model, '-o', out, ...more])
    assert.equal(code, 0, stderr)
    return out
  }
  after(() => rmSync(folder, { recursive: true }))

  for (const format of ['arrow', 'parquet', 'jsonl']) {
    test(`shows in ${format} the tokens, labels, texts and ranges that the rows had`, async () => {
      const pick = ({ text, input_ids, labels, weights, offsets }: ShownRow): unknown => ({
        text,
        input_ids,
        labels,
        weights,
        offsets,
      })
      const shown = await show(await prepare(format, '--format', format))
      assert.deepEqual(shown.map(pick), (await show(file)).map(pick))
      assert.equal(shown[0]!.messages, null)
    })
  }

  test('shows the sequences of a pack one after the other', async () => {
    const out = await prepare('packed', '--packing', 'bfd', '--max-length', '300')
    const [pack] = await show(out, '--row', '0')
    assert.equal(
      pack!.seq_lengths!.reduce((sum, length) => sum + length, 0),
      pack!.input_ids.length,
    )
    const { stdout } = await runCli(['show', out, '--tokenizer', model, '--row', '0'])
    assert.equal(stdout.match(/^\d+ sequence ─/gm)!.length, pack!.seq_lengths!.length)
    assert.match(stdout, /^▌ label /m)
  })

  test('refuses another tokenizer, in whose ids other texts would be read', async () => {
    const out = await prepare('whose')
    const other = join(process.cwd(), 'assets', 'mistral-7b-v0.1')
    const { code, stderr } = await runCli(['show', out, '--tokenizer', other])
    assert.equal(code, 2)
    assert.match(
      stderr,
      /mistral-7b-v0\.1.tokenizer\.json(\.gz)? is another tokenizer than the one that .*whose was prepared with\. Name that one, or prepare/,
    )
  })
})
