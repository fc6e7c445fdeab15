import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { ExampleJson } from '../../src/inspect/index.ts'
import { runCli } from './run-cli.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SEED = join(ROOT, '../shared/seed/completion-only-multi-turn.json')

test('the demo shows one answer trained, then three, and says what to do in Lossline and in TRL', async () => {
  const { code, stdout, stderr } = await runCli(['demo'], { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } })
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.match(stdout, /101 tokens, 6 trained \(5\.9%\), 1 of 3 answers/)
  assert.match(stdout, /101 tokens, 18 trained \(17\.8%\), 3 of 3 answers/)
  assert.match(stdout, /^In Lossline/m)
  assert.match(stdout, /^In TRL/m)
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
})

test('the demo’s training shows answers that go on, and after exact masks answers that are right and end', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'lossline-demo-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const kept = join(folder, 'kept')
  const { code, stdout } = await runCli(['demo', '--train', '-o', kept])
  assert.equal(code, 0)
  const [before, collator, exact] = ['writes on and on', 'After the collator', 'After Lossline'].map(
    words => stdout.slice(stdout.indexOf(words)).split('\n\n')[1]!,
  )
  assert.equal(before!.match(/cut at 24 tokens/g)?.length, 2, before)
  assert.equal(collator!.match(/cut at 24 tokens/g)?.length, 2, collator)
  assert.match(exact!, /→ Grass is green\. ■.*→ Snow is white\. ■/s)
  for (const line of stdout.split('\n'))
    assert.ok(line.length <= 80 || line.includes('→') || line.includes(kept), line)
  // What is kept is a model folder that other tools know, and conversations.
  const files = [
    'chat_template.jinja',
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]
  assert.deepEqual(readdirSync(join(kept, 'model')).sort(), files)
  const shown = await runCli([
    'show',
    join(kept, 'chats.jsonl'),
    '--tokenizer',
    join(kept, 'model'),
    '--rows',
    '0:48',
  ])
  assert.match(shown.stdout, /144 of 144 answers|3 of 3 answers/)
  assert.equal(
    (await runCli(['demo', '--train', '-o', kept])).stderr,
    `lossline: ${kept} exists. Name a folder that does not exist.\n`,
  )
})

test('the demo’s first mask has exactly the ids and labels of the seed', async t => {
  if (!existsSync(SEED)) return t.skip('../shared is not here')
  const seed = JSON.parse(readFileSync(SEED, 'utf8')) as { input_ids: number[]; labels: number[] }
  const { stdout, stderr } = await runCli([
    'show',
    join(ROOT, 'assets/demo/conversation.json'),
    '--tokenizer',
    join(ROOT, 'assets/mistral-7b-v0.1'),
    '--chat-template',
    join(ROOT, 'assets/demo/chat_template.jinja'),
    '--mask',
    'response-template',
    '--response-template',
    '[28730, 2521, 28767, 489, 11143, 13]',
    '--json',
  ])
  const { input_ids, labels } = JSON.parse(stdout) as ExampleJson
  assert.deepEqual(input_ids, seed.input_ids, stderr)
  assert.deepEqual(labels, seed.labels)
})
