// Ten small cases from public reports: which rules find them. What is trained in each is in test/mask/cases.test.ts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../../src/json/index.ts'
import { assistant, call, chat, user } from '../../src/lint/example.ts'
import type { RuleExample } from '../../src/lint/index.ts'
import { runExample } from './run-example.ts'

/** Errors and warnings, as `severity rule rows`. */
async function find(example: RuleExample): Promise<string[]> {
  const { groups } = await runExample(example)
  return groups
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, rule, rows }) => `${severity} ${rule.name}${rows === undefined ? '' : ` ${rows}`}`)
}

const COLOURS = [
  { role: 'system', content: 'Answer in one word.' },
  user('Colour of grass?'),
  assistant('Green.'),
  user('Of snow?'),
  assistant('White.'),
  user('Of coal?'),
  assistant('Black.'),
]
const RESPONSE = '<|im_start|>assistant\n'

test('three answers, one trained: the completion-only collator leaves two out, and both masks train the newline', async () => {
  const rows = [{ messages: COLOURS }]
  const last = await find({ rows, mask: { strategy: 'response-template', responseTemplate: RESPONSE } })
  assert.deepEqual(last, ['warn some-turns-untrained 1', 'warn after-stop-trained 1'])
  const all = await find({
    rows,
    mask: {
      strategy: 'response-template',
      responseTemplate: RESPONSE,
      instructionTemplate: '<|im_start|>user\n',
    },
  })
  assert.deepEqual(all, ['warn after-stop-trained 1'])
  assert.deepEqual(await find({ rows }), [])
})

test('pad is EOS: a warning, an error where the collator masks by the pad’s id', async () => {
  const rows = [chat(user('Colour of grass?'), assistant('Green.'))]
  const specialTokens = { pad_token: '<|im_end|>', eos_token: '<|im_end|>' }
  assert.deepEqual(await find({ rows, specialTokens }), ['warn pad-is-stop'])
  const mask = { strategy: 'response-template', responseTemplate: RESPONSE } as const
  const collator = await find({ rows, specialTokens, mask })
  assert.deepEqual(collator, ['error pad-is-stop', 'warn after-stop-trained 1'])
  const marker = { ...mask, responseTemplate: `<|im_end|>\n${RESPONSE}` }
  const holdsPad = await find({ rows, specialTokens, mask: marker })
  assert.ok(holdsPad.includes('error marker-holds-pad 1'), holdsPad.join())
})

test('the stop token is not the tokenizer’s EOS: an error where generation stops on another', async () => {
  const template =
    "{{ bos_token }}{% for m in messages %}{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\\n' + (m.content | trim) + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"
  const rows = [chat(user('Name a fern.'), assistant('Bracken.'))]
  const specialTokens = { bos_token: '<s>', eos_token: '</s>' }
  assert.deepEqual(await find({ rows, template, specialTokens, stops: ['</s>', '<end_of_turn>'] }), [])
  const mismatch = await find({ rows, template, specialTokens, stops: ['</s>'] })
  assert.deepEqual(mismatch, ['error stop-token-mismatch 1'])
})

test('marks that end in white space: no generation prompt, and no stop token', async () => {
  const template =
    "{% for m in messages %}{% if m['role']=='assistant' %}{{ '[BOT]' }}{% generation %}{{ m['content'] + ' ' }}{% endgeneration %}{% else %}{{ '[USR]' + m['content'] }}{% endif %}{% endfor %}"
  const rows = [chat(user('ping'), assistant('pong'), user('again'), assistant('pong'))]
  for (const strategy of ['assistant', 'generation-marks'] as const) {
    const found = await find({ rows, template, mask: { strategy } })
    // White space is a token of this tokenizer: the mark has one more than the answer.
    assert.deepEqual(
      found.filter(line => !line.includes('generation-marks-differ')).sort(),
      ['warn no-generation-prompt 1', 'warn no-stop-token 1'],
      strategy,
    )
  }
})

const REASONING =
  "{%- set ns = namespace(last=-1) -%}{%- for m in messages -%}{%- if m.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}{%- endfor -%}{%- for m in messages -%}{{- '<|im_start|>' + m.role + '\\n' -}}{%- if m.role == 'assistant' and m.reasoning_content and loop.index0 > ns.last -%}{{- '<think>\\n' + m.reasoning_content + '\\n</think>\\n\\n' -}}{%- endif -%}{{- m.content + '<|im_end|>\\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"

test('earlier reasoning is dropped: told in one rendering, and mended where it is unrolled', async () => {
  const rows = [
    chat(
      user('Is 91 prime?'),
      assistant('No.', { reasoning_content: '7 times 13 is 91.' }),
      user('Is 97?'),
      assistant('Yes.', { reasoning_content: 'No divisor up to 9.' }),
    ),
  ]
  const { groups } = await runExample({ rows, template: REASONING, mask: { unroll: 'never' } })
  const dropped = groups.find(({ rule }) => rule.name === 'content-dropped')
  assert.match(dropped!.examples[0]!.finding.text, /^17 characters of messages\[1\]\.reasoning_content/)
  assert.equal(dropped!.examples[0]!.finding.message, 1)
  assert.deepEqual(await find({ rows, template: REASONING }), [])
})

const CALLS =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.tool_calls %}{% for tc in m.tool_calls %}{{ '<tool_call>\\n{\"name\": \"' + tc.function.name + '\", \"arguments\": ' }}{{ tc.function.arguments | tojson }}{{ '}\\n</tool_call>' }}{% endfor %}{% else %}{{ m.content }}{% endif %}{{ '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

test('arguments encoded twice: an error at the arguments', async () => {
  const rowOf = (args: Json): Json => chat(user('Tide at Brest?'), assistant('', call(args)))
  assert.deepEqual(await find({ rows: [rowOf({ port: 'Brest' })], template: CALLS }), [])
  const report = await runExample({ rows: [rowOf('{"port": "Brest"}')], template: CALLS })
  const [first] = report.groups
  assert.equal(first?.rule.name, 'arguments-double-encoded')
  assert.equal(first.severity, 'error')
  assert.match(first.examples[0]!.finding.text, /messages\[1\]\.tool_calls\[0\]\.function\.arguments/)
})

test('BOS twice: an error for a text that begins with it, where the tokenizer adds it too', async () => {
  const specialTokens = { bos_token: '<s>' }
  const rows = [{ text: '<s>hello there' }]
  const found = await find({ rows, specialTokens, addsBos: true })
  assert.equal(found[0], 'error double-bos 1')
  const template = "{{ bos_token }}{% for m in messages %}{{ '[USR]' + m['content'] }}{% endfor %}"
  const templated = await find({ rows: [chat(user('hello there'))], template, specialTokens, addsBos: true })
  // Nobody answers in it; its text is encoded with one BOS.
  assert.deepEqual(templated, ['error no-trained-token 1'])
})

test('the answer is cut: left out where nothing of it is left, told where a part is', async () => {
  const template =
    "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% else %}{{ '<|im_start|>' + m.content + '<|im_end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>' }}{% endif %}"
  // 12 ids, the answer at 8 to 11, its stop token last.
  const lost = chat(user('abcdefg'), assistant('xyz'))
  const kept = chat(user('a'), assistant('xyz'))
  assert.deepEqual(await find({ rows: [lost], template, maxLength: 8 }), [
    'error nothing-trained-after-cut 1',
    'warn tokens-lost 1',
  ])
  const few = await find({ rows: [lost, ...Array<Json>(100).fill(kept)], template, maxLength: 8 })
  assert.deepEqual(few, ['warn nothing-trained-after-cut 1'])
  const cut = await find({ rows: [lost], template, maxLength: 10 })
  assert.deepEqual(cut, ['warn answer-cut 1', 'warn tokens-lost 1'])
  assert.deepEqual(await find({ rows: [lost], template, maxLength: 12 }), [])
})

test('the answer also stands in the question: its own place is found, and nothing ends it', async () => {
  const template =
    "{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
  const rows = [chat(user('Reply with Yes or No. Yes means open. Is the shop open?'), assistant('Yes'))]
  assert.deepEqual(await find({ rows, template }), ['warn no-stop-token 1'])
})

test('a call that the head of its result quotes is no hole in the answer', async () => {
  const template =
    "{% for m in messages %}{% if m.role == 'tool' %}{{ '<|im_start|>' + messages[loop.index0 - 1].tool_calls[0].function.name + ': ' + m.content }}{% elif m.role == 'assistant' %}{{ '<|im_start|>A' + (m.tool_calls[0].function.name if m.tool_calls else m.content) + '<|im_end|>' }}{% else %}{{ m.content }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>A' }}{% endif %}"
  const call = {
    role: 'assistant',
    tool_calls: [{ type: 'function', function: { name: 'lookup', arguments: {} } }],
  }
  const rows = [chat(user('Snow?'), call, { role: 'tool', content: 'white' }, assistant('White.'))]
  assert.deepEqual(await find({ rows, template }), [])
})
