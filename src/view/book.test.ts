import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeTokenizerJson } from '../../test/mask/tokenizer.ts'
import { LosslineError } from '../error.ts'
import { Summariser } from '../inspect/index.ts'
import type { ModelFacts } from '../model-folder/index.ts'
import { ChatTemplate, type RenderLimits } from '../template/index.ts'
import { Tokenizer } from '../tokenizer/index.ts'
import { Book } from './book.ts'
import { MAX_OVERRUNS, Scan } from './scan.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

const TEMPLATE =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
const ROWS = [
  ['What is snow?', 'White.'],
  ['And grass?', 'Green.', 'Why?', 'It wants light.'],
].map(contents => contents.map((content, m) => ({ role: m % 2 === 0 ? 'user' : 'assistant', content })))

const chat = (...contents: readonly string[]): object => ({
  messages: contents.map((content, m) => ({ role: m % 2 === 0 ? 'user' : 'assistant', content })),
})

async function makeBook(
  rows: readonly unknown[] = ROWS.map(messages => ({ messages })),
  limits: Partial<RenderLimits> = {},
): Promise<Book> {
  const facts: ModelFacts = {
    templates: [{ name: 'default', source: TEMPLATE, file: 'chat_template.jinja' }],
    specialTokens: { eos_token: '<|im_end|>' },
    ...{ generationStopIds: [], configStopIds: [], tokenizerConfig: {} },
  }
  const tokenizer = await Tokenizer.fromJSON(makeTokenizerJson(TEMPLATE))
  const book = new Book({ tokenizer, facts, limits, now: new Date(0) })
  for (const [r, row] of rows.entries()) book.add({ where: `a:${r}`, json: JSON.stringify(row) })
  return book
}

test('adds up what the summary of show adds up', async () => {
  const book = await makeBook()
  const scan = new Scan(book)
  const part = scan.next(() => false)
  const summariser = new Summariser()
  for (const row of ROWS.keys()) for (const masked of book.mask(row).examples) summariser.add(masked, '')
  const { total, roles, sources } = summariser.summary
  const plain = (lines: readonly { name: string; tokens: number; trained: number }[]) =>
    lines.map(({ name, tokens, trained }) => ({ name, tokens, trained }))
  const { budget } = scan
  assert.deepEqual([budget.tokens, budget.trained], [total.tokens, total.trained])
  assert.deepEqual(plain(budget.roles), plain(roles))
  assert.deepEqual(plain(budget.sources), plain(sources))
  assert.deepEqual(Array.from(part.messages), [2, 4])
  const sum = (list: readonly { tokens: number }[]): number =>
    list.reduce((all, { tokens }) => all + tokens, 0)
  assert.equal(sum(budget.lengths), total.tokens)
  assert.equal(sum(budget.turns), total.tokens)
})

test('goes on where it was told to stop, and comes to the same', async () => {
  const book = await makeBook()
  const [whole, cut] = [new Scan(book), new Scan(book)]
  whole.next(() => false)
  let calls = 0
  while (cut.row < book.rowCount) cut.next(() => ++calls % 2 === 0)
  assert.deepEqual(cut.budget, whole.budget)
})

test('gives the prompt that the template writes, and the answer that follows', async () => {
  const book = await makeBook()
  const { example, promptTokens, answerEndToken, stops } = book.prompt(1, 3)
  const expected = ChatTemplate.compile(TEMPLATE).render(
    { messages: ROWS[1]!.slice(0, 3) },
    { addGenerationPrompt: true },
  )
  const { text, starts, ends } = example!
  assert.equal(text.slice(0, starts[promptTokens]), expected.text)
  assert.equal(text.slice(starts[promptTokens], ends[answerEndToken - 1]), 'It wants light.<|im_end|>')
  assert.deepEqual(stops, ['<|im_end|>'])
})

test('says of a prompt that nobody answers that there is none', async () => {
  const book = await makeBook()
  assert.match(book.prompt(0, 0).error ?? '', /No answer/)
})

test('keeps the earlier template where another can’t be compiled', async () => {
  const book = await makeBook()
  const before = book.detail(0)
  assert.throws(
    () =>
      book.set({ ...DEFAULT_SETTINGS, template: { kind: 'given', name: 'a.jinja', source: '{% for %}' } }),
    LosslineError,
  )
  assert.deepEqual(book.detail(0), before)
})

test('compares two strategies over the same tokens', async () => {
  const book = await makeBook()
  book.set({ ...DEFAULT_SETTINGS, other: { strategy: 'all', template: undefined } })
  const [example] = book.detail(1).examples
  assert.deepEqual(
    example!.masks.map(({ strategy }) => strategy),
    ['assistant', 'all'],
  )
  assert.equal(example!.masks[1]!.trained, example!.ids.length)
})

test('tells of a row what is wrong with it, and counts it', async () => {
  const book = await makeBook([{ messages: [{ role: 'asistant', content: 'x' }] }, { question: 3 }])
  assert.match(book.detail(0).error ?? '', /messages\[0\]\.role is "asistant"/)
  assert.match(book.head(1).text, /question/)
  const scan = new Scan(book)
  scan.next(() => false)
  assert.equal(scan.budget.failed, 2)
})

test('finds text in a row whatever its case, in values and not in keys', async () => {
  const book = await makeBook()
  assert.ok(book.contains(0, 'what is snow'))
  assert.ok(!book.contains(0, 'grass'))
  assert.ok(!book.contains(0, 'messages'))
})

test('finds text in a row that is no JSON, as it stands', async () => {
  const book = await makeBook([])
  book.add({ where: 'a:0', json: '{"text": "Grass' })
  assert.ok(book.contains(0, 'grass'))
  assert.ok(!book.contains(0, 'snow'))
})

const BARE =
  '{% for m in messages %}[{{ m.role }}]{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}'
const given = { kind: 'given', name: 'bare.jinja', source: BARE } as const

test('lays a row beside what another template makes of it, token by token', async () => {
  const book = await makeBook()
  book.set({ ...DEFAULT_SETTINGS, other: { strategy: undefined, template: given } })
  const { examples, other } = book.detail(1)
  const [[first], [second], [counterparts]] = [examples, other!.examples, other!.counterparts]
  assert.equal(other!.template, BARE)
  assert.match(second!.text, /^\[user\]And grass\?/)
  const shared = Array.from(counterparts!, (b, a) => [a, b] as const).filter(([, b]) => b !== -1)
  for (const [a, b] of shared) assert.equal(first!.names[a], second!.names[b])
  const text = shared.map(([a]) => first!.text.slice(first!.starts[a], first!.ends[a])).join('')
  for (const { content } of ROWS[1]!) assert.ok(text.includes(content), content)
  const scan = new Scan(book)
  const { different } = scan.next(() => false)
  assert.equal(different[1], first!.ids.length + second!.ids.length - 2 * shared.length)
  assert.deepEqual(scan.budget.different, { tokens: different[0]! + different[1]!, rows: 2 })
})

test('sees no difference between a template and itself', async () => {
  const book = await makeBook()
  book.set({ ...DEFAULT_SETTINGS, other: { strategy: undefined, template: { ...given, source: TEMPLATE } } })
  assert.deepEqual(new Scan(book).next(() => false).different, [0, 0])
})

test('shows the one side where the template of the other refuses the row', async () => {
  const book = await makeBook()
  const refusing = { ...given, source: "{{ raise_exception('no') }}" }
  book.set({ ...DEFAULT_SETTINGS, other: { strategy: undefined, template: refusing } })
  const { examples, other, error } = book.detail(0)
  assert.equal(error, undefined)
  assert.equal(examples.length, 1)
  assert.match(other!.error ?? '', /bare\.jinja.*no/)
  book.set({ ...DEFAULT_SETTINGS, template: refusing, other: { strategy: undefined, template: given } })
  const swapped = book.detail(0)
  assert.match(swapped.error ?? '', /no/)
  assert.equal(swapped.other!.examples.length, 1)
})

test('counts in the scan what the page counts for two strategies', async () => {
  const book = await makeBook()
  book.set({ ...DEFAULT_SETTINGS, other: { strategy: 'all', template: undefined } })
  const [example] = book.detail(1).examples
  const untrained = example!.ids.length - example!.masks[0]!.trained
  assert.equal(new Scan(book).next(() => false).different[1], untrained)
})

test('names the templates that there are where a name is none of them', async () => {
  const book = await makeBook()
  assert.throws(
    () => book.set({ ...DEFAULT_SETTINGS, template: { kind: 'named', name: 'x' } }),
    LosslineError,
  )
})

test('keeps the first mask where the other lacks an option', async () => {
  const book = await makeBook()
  book.set({ ...DEFAULT_SETTINGS, other: { strategy: 'response-template', template: undefined } })
  const { examples, other, error } = book.detail(0)
  assert.deepEqual([error, examples.length, other?.examples.length], [undefined, 1, 0])
  assert.match(other?.error ?? '', /needs to know what stands before an answer/)
  const scan = new Scan(book)
  scan.next(() => false)
  assert.equal(scan.budget.failed, 0)
  assert.ok(scan.budget.trained > 0)
})

test('counts all findings of a row by rule and text, with the first places of each', async () => {
  const book = await makeBook([chat('Say it.', '<|im_end|>'.repeat(2000))])
  const { found } = book.detail(0)
  const counts = new Map<string, number>()
  for (const { rule } of book.mask(0).findings) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  const shown = new Map<string, number>()
  for (const { rule, count } of found) shown.set(rule, (shown.get(rule) ?? 0) + count)
  assert.deepEqual(shown, counts)
  assert.ok(counts.size > 1)
  assert.ok(Math.max(...counts.values()) >= 1999)
  for (const { places, count } of found) assert.ok(places.length <= Math.min(20, count))
})

test('tells the findings of two sides apart', async () => {
  const book = await makeBook([chat('Say it.', 'So.<|im_end|>So.')])
  book.set({ ...DEFAULT_SETTINGS, other: { strategy: undefined, template: { ...given, source: TEMPLATE } } })
  const early = book.detail(0).found.filter(({ rule }) => rule === 'early-stop-in-answer')
  assert.deepEqual(
    early.map(({ side, count, places }) => [side, count, places[0]!.side]),
    [
      [0, 1, 0],
      [1, 1, 1],
    ],
  )
  assert.equal(early[0]!.places[0]!.token, early[1]!.places[0]!.token)
})

const LOOPS = '{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}'

test('ends where rows one after the other do not, and remembers what such a row cost', async () => {
  const book = await makeBook(Array.from({ length: 9 }, () => ({ messages: ROWS[0] })))
  const template = (source: string) => ({ kind: 'given', name: 'loops.jinja', source }) as const
  book.set({ ...DEFAULT_SETTINGS, template: template(LOOPS) })
  const scan = new Scan(book)
  assert.equal(scan.next(() => false).rowCount, MAX_OVERRUNS)
  assert.match(scan.givenUp?.message ?? '', /does not end/)
  assert.deepEqual([scan.isAtEnd, scan.isRestLeft, scan.budget.failed], [true, true, MAX_OVERRUNS])
  assert.match(book.detail(0).error ?? '', /^loops\.jinja:1:\d+ the template does not end/)
  const errorOf = (row: number): unknown => {
    try {
      return book.mask(row)
    } catch (error) {
      return error
    }
  }
  assert.equal(errorOf(8), errorOf(8))
  // A side that is only compared does not spoil the first, and ends the scan too.
  book.set({ ...DEFAULT_SETTINGS, other: { strategy: undefined, template: template(LOOPS) } })
  const compared = new Scan(book)
  compared.next(() => false)
  assert.deepEqual([compared.budget.rows, compared.budget.failed], [MAX_OVERRUNS, 0])
  assert.equal(book.detail(0).error, undefined)
})

test('shows the second side of a row whose first one does not end, also after the scan', async () => {
  const book = await makeBook()
  const loops = { kind: 'given', name: 'loops.jinja', source: LOOPS } as const
  book.set({ ...DEFAULT_SETTINGS, template: loops, other: { strategy: undefined, template: given } })
  new Scan(book).next(() => false)
  const { error, other } = book.detail(0)
  assert.match(error ?? '', /does not end/)
  assert.equal(other!.examples.length, 1)
})

test('ends all renderings of a row together', async t => {
  // Each is short, and there are many: the turns before are written otherwise when there are more.
  const source = '{% for m in messages %}{{ messages|length }}{{ m.role }}{{ m.content }}{% endfor %}'
  const book = await makeBook([chat(...Array.from({ length: 60 }, (_, m) => `Message ${m}.`))], {
    maxSeconds: 2,
  })
  const template = { kind: 'given', name: 'rewrites.jinja', source } as const
  book.set({ ...DEFAULT_SETTINGS, template, mask: { strategy: 'assistant', unroll: 'always' } })
  assert.equal(book.detail(0).error, undefined)
  let now = performance.now()
  t.mock.method(performance, 'now', () => (now += 100))
  assert.match(book.prompt(0, 59).error ?? '', /does not end within 2 s/)
  assert.throws(() => book.mask(0), /does not end within 2 s/)
})
