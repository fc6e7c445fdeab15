import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openModel } from '../../open-model.ts'
import { prepare } from '../../prepare/index.ts'
import { SFT_OPTIONS, settleConfig } from '../config/index.ts'
import { readEvalExamples } from './read-eval-examples.ts'
import { readExamples } from './read-examples.ts'

const MODEL = fileURLToPath(new URL('../../../../assets/mistral-7b-v0.1/', import.meta.url))
const TEMPLATE = {
  name: 'default',
  file: 'test.jinja',
  source:
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% if m.role == 'assistant' %}</s>{% endif %}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}",
}
const folder = mkdtempSync(join(tmpdir(), 'lossline-'))
after(() => rmSync(folder, { recursive: true }))

const chats = join(folder, 'chats.jsonl')
const CHATS = Array.from({ length: 30 }, (_, i) => ({
  messages: Array.from({ length: 2 + 2 * (i % 3) }, (__, m) => ({
    role: m % 2 === 0 ? 'user' : 'assistant',
    content: 'so many words '.repeat(1 + ((i + m) % 5)),
  })),
}))
writeFileSync(chats, CHATS.map(chat => `${JSON.stringify(chat)}\n`).join(''))

const options = { inputs: [{ path: chats }], model: MODEL, chatTemplate: TEMPLATE, workers: 1, maxLength: 64 }
const { config } = settleConfig({ maxLength: 64 })

test('a conversation file and the folder that prepare makes of it are the same examples', async () => {
  const output = join(folder, 'prepared')
  await prepare({ ...options, output })
  const fromFile = await readExamples(options, config)
  const fromFolder = await readExamples({ ...options, inputs: [{ path: output }] }, config)
  assert.deepEqual(fromFile.rows.inputIds, fromFolder.rows.inputIds)
  assert.deepEqual(fromFile.rows.labels, fromFolder.rows.labels)
  assert.deepEqual(fromFile.lengths, fromFolder.lengths)
  assert.equal(fromFile.describe!(29), `${chats} row 29`)
})

test('packs and shuffles lose no token and keep labels, origins and places with their ids', async () => {
  const model = await openModel(MODEL, { chatTemplate: TEMPLATE })
  const plain = await readEvalExamples(options, config, model)
  const packed = await readEvalExamples(options, { ...config, packing: true, evalPacking: true }, model)
  const shuffled = await readExamples(options, { ...config, shuffleDataset: true })
  assert.ok(packed.exampleCount < plain.exampleCount)
  assert.match(packed.describe!(0), /^\S+:\d+/)
  const list = (set: typeof plain) =>
    Array.from(set.rows.inputIds, (id, t) =>
      [id, set.rows.labels[t], set.origins?.codes[t] ?? 0].join(' '),
    ).sort()
  assert.deepEqual(list(packed), list(plain))
  assert.deepEqual(list(shuffled), list({ ...plain, origins: undefined }))
  assert.notDeepEqual(shuffled.rows.inputIds, plain.rows.inputIds)
})

test('packing that splits loses no token of what is too long', async () => {
  const short = { ...config, maxLength: 16, packing: true, evalPacking: true }
  const whole = await readExamples({ ...options, maxLength: undefined }, config)
  const model = await openModel(MODEL, { chatTemplate: TEMPLATE })
  for (const packingStrategy of ['bfd_split', 'wrapped'] as const) {
    const given = { ...options, maxLength: 16, truncation: 'keep-start' as const }
    const packed = await readExamples(given, { ...short, packingStrategy })
    const evaluated = await readEvalExamples(given, { ...short, packingStrategy }, model)
    assert.equal(packed.rows.inputIds.length, whole.rows.inputIds.length)
    assert.equal(evaluated.rows.inputIds.length, whole.rows.inputIds.length)
    assert.ok(packed.lengths.every(length => length <= 16))
  }
  const cut = await readExamples(
    { ...options, maxLength: 16, allowFindings: ['nothing-trained-after-cut'] },
    { ...short, packingStrategy: 'bfd' },
  )
  assert.ok(cut.rows.inputIds.length < whole.rows.inputIds.length)
})

test('tells how many examples are cut or left out, and what is lost by that', async () => {
  const told: string[] = []
  const notice = (text: string) => void told.push(text)
  const rows = [...CHATS.slice(0, 3), { messages: [{ role: 'user', content: 'so' }] }]
  const some = join(folder, 'some.jsonl')
  writeFileSync(some, rows.map(row => `${JSON.stringify(row)}\n`).join(''))
  const allowFindings = ['no-trained-token', 'nothing-trained-after-cut']
  const given = { ...options, inputs: [{ path: some }], notice, allowFindings }
  const whole = await readExamples({ ...given, maxLength: undefined }, config)
  assert.deepEqual(told, [
    '1 example without a trained token left out.',
    `${some}:4 No token of this row is trained. (no-trained-token)`,
  ])
  told.length = 0
  const model = await openModel(MODEL, { chatTemplate: TEMPLATE })
  const short = { ...given, maxLength: 40, truncation: 'keep-start' as const }
  const cut = await readExamples(short, config)
  await readEvalExamples(short, config, model)
  const trainedOf = (set: typeof whole) => set.rows.labels.filter(label => label !== -100).length
  const lost = trainedOf(whole) - trainedOf(cut)
  assert.ok(lost > 0)
  const of = ` of 4 examples have more than 40 tokens (max_length): `
  assert.match(
    told[0]!,
    new RegExp(
      `^\\d${of.replace(/[()]/g, '\\$&')}\\d cut \\(truncation_mode keep-start\\); ${lost} trained tokens are lost`,
    ),
  )
  assert.deepEqual(
    told.slice(told.length / 2),
    told.slice(0, told.length / 2).map(text => `evaluation: ${text}`),
  )
})

test('each trained token is known by role, turn and source', async () => {
  const model = await openModel(MODEL, { chatTemplate: TEMPLATE })
  const { rows, origins } = await readEvalExamples(options, config, model)
  const names = new Set<string>()
  for (const [t, label] of rows.labels.entries()) {
    const { role, turn, source } = origins!.table[origins!.codes[t]!]!
    if (label !== -100) names.add(`${role} ${turn} ${source}`)
  }
  const expected = [
    'assistant 1 content',
    'assistant 1 template',
    'assistant 2 content',
    'assistant 2 template',
  ]
  for (const name of expected) assert.ok(names.has(name), name)
  assert.ok([...names].every(name => name.startsWith('assistant ')))
})

test('a set without one trained token is refused', async () => {
  const texts = join(folder, 'users.jsonl')
  writeFileSync(texts, '{"messages": [{"role": "user", "content": "hello"}]}\n')
  await assert.rejects(readExamples({ ...options, inputs: [{ path: texts }] }, config), {
    code: 'train/no-examples',
    where: texts,
  })
  assert.equal(SFT_OPTIONS.maxLength.default, 1024)
})
