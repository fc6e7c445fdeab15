/** Small conversations with the right answer, made from what people reported. `⟦…⟧` is what must be trained. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, Message } from '../../src/conversation/index.ts'
import { type MaskContext, type Masked, type MaskOptions, maskExample } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { Tokenizer } from '../../src/tokenizer/index.ts'
import { makeTokenizer } from './tokenizer.ts'

const CHATML =
  "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

interface Setting {
  readonly template: string
  readonly stops: readonly string[]
  readonly specialTokens?: Readonly<Record<string, string>>
  readonly tokenizer?: Tokenizer
}

async function mask(
  setting: Setting,
  messages: readonly Message[],
  options: MaskOptions = {},
): Promise<Masked[]> {
  const tokenizer = setting.tokenizer ?? (await makeTokenizer(setting.template, setting.stops))
  const context: MaskContext = {
    tokenizer,
    templates: [ChatTemplate.compile(setting.template)],
    specialTokens: setting.specialTokens ?? {},
    stopIds: new Set(setting.stops.map(stop => tokenizer.tokenToId(stop)!)),
  }
  const conversation: Conversation = {
    kind: 'conversation',
    messages,
    training: messages.map(() => undefined),
  }
  return maskExample(conversation, context, options)
}

/** The text with the trained tokens' characters in brackets. */
function bracket({ encoded, rendered, weights }: Masked): string {
  let text = ''
  let doneChar = 0
  let isOpen = false
  for (let t = 0; t < encoded.ids.length; t++) {
    const isTrained = weights[t] !== 0
    if (isTrained === isOpen) continue
    const char = isTrained ? encoded.starts[t]! : encoded.ends[t - 1]!
    text += rendered.text.slice(doneChar, char) + (isTrained ? '⟦' : '⟧')
    doneChar = char
    isOpen = isTrained
  }
  return text + rendered.text.slice(doneChar) + (isOpen ? '⟧' : '')
}

const rules = ({ findings }: Masked): string[] => [...new Set(findings.map(({ rule }) => rule))].sort()

const SNOW: readonly Message[] = [
  { role: 'system', content: 'Answer in one word.' },
  { role: 'user', content: 'Colour of grass?' },
  { role: 'assistant', content: 'Green.' },
  { role: 'user', content: 'Of snow?' },
  { role: 'assistant', content: 'White.' },
  { role: 'user', content: 'Of coal?' },
  { role: 'assistant', content: 'Black.' },
]

test('trains all three answers of a ChatML conversation, each through its end of turn', async () => {
  const [masked] = await mask({ template: CHATML, stops: ['<|im_end|>'] }, SNOW)
  assert.equal(
    bracket(masked!),
    '<|im_start|>system\nAnswer in one word.<|im_end|>\n<|im_start|>user\nColour of grass?<|im_end|>\n<|im_start|>assistant\n⟦Green.<|im_end|>⟧\n<|im_start|>user\nOf snow?<|im_end|>\n<|im_start|>assistant\n⟦White.<|im_end|>⟧\n<|im_start|>user\nOf coal?<|im_end|>\n<|im_start|>assistant\n⟦Black.<|im_end|>⟧\n',
  )
  assert.deepEqual(rules(masked!), [])
})

test('shows what token searches train of the same conversation', async () => {
  const setting = { template: CHATML, stops: ['<|im_end|>'] }
  const responseTemplate = '<|im_start|>assistant\n'
  const instructionTemplate = '<|im_start|>user\n'
  const [last] = await mask(setting, SNOW, { strategy: 'response-template', responseTemplate })
  assert.match(bracket(last!), /^[^⟦]*⟦Black\.<\|im_end\|>\n⟧$/)
  assert.deepEqual(rules(last!), ['some-turns-untrained'])
  for (const strategy of ['response-template', 'responses-only'] as const) {
    const [masked] = await mask(setting, SNOW, { strategy, responseTemplate, instructionTemplate })
    const trained = bracket(masked!).match(/⟦[^⟧]*⟧/g)
    assert.deepEqual(
      trained,
      ['Green.', 'White.', 'Black.'].map(answer => `⟦${answer}<|im_end|>\n⟧`),
      strategy,
    )
  }
})

test('turns: last trains the last answer alone; train_on_eot leaves ends out', async () => {
  const setting = { template: CHATML, stops: ['<|im_end|>'] }
  const [last] = await mask(setting, SNOW, { turns: 'last' })
  assert.match(bracket(last!), /^[^⟦]*⟦Black\.<\|im_end\|>⟧\n$/)
  const [none] = await mask(setting, SNOW, { trainOnEot: 'none' })
  assert.match(bracket(none!), /⟦Green\.⟧.*⟦White\.⟧.*⟦Black\.⟧<\|im_end\|>\n$/s)
  const [lastEnd] = await mask(setting, SNOW, { trainOnEot: 'last' })
  assert.match(bracket(lastEnd!), /⟦Green\.⟧.*⟦White\.⟧.*⟦Black\.<\|im_end\|>⟧\n$/s)
})

test('roles trains what other roles write, without their headers', async () => {
  const [masked] = await mask({ template: CHATML, stops: ['<|im_end|>'] }, SNOW.slice(0, 3), {
    roles: ['user', 'assistant'],
  })
  assert.match(
    bracket(masked!),
    /user\n⟦Colour of grass\?<\|im_end\|>⟧\n<\|im_start\|>assistant\n⟦Green\.<\|im_end\|>⟧\n$/,
  )
})

const GEMMA =
  "{{ bos_token }}{% for m in messages %}{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\\n' + (m.content | trim) + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"
const FERN: readonly Message[] = [
  { role: 'user', content: 'Name a fern.' },
  { role: 'assistant', content: 'Bracken.' },
]

test('ends an answer with the token that generation stops on, though it is not the tokenizer’s EOS', async () => {
  const specialTokens = { bos_token: '<bos>' }
  const [both] = await mask({ template: GEMMA, stops: ['<eos>', '<end_of_turn>'], specialTokens }, FERN)
  assert.match(bracket(both!), /model\n⟦Bracken\.<end_of_turn>⟧\n$/)
  assert.deepEqual(rules(both!), [])
  const [one] = await mask({ template: GEMMA, stops: ['<eos>'], specialTokens }, FERN)
  assert.equal(bracket(one!), bracket(both!))
  assert.deepEqual(rules(one!), ['stop-token-mismatch'])
})

test('equals transformers on marks that end in white space which no token holds', async () => {
  const template =
    "{% for m in messages %}{% if m['role']=='assistant' %}{{ '[BOT]' }}{% generation %}{{ m['content'] + ' ' }}{% endgeneration %}{% else %}{{ '[USR]' + m['content'] }}{% endif %}{% endfor %}"
  const words = ['[USR]', '[BOT]', 'ping', 'pong', 'again', '<unk>']
  const tokenizer = await Tokenizer.fromJSON({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: words.slice(0, 2).map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      unk_token: '<unk>',
    },
  })
  const messages: readonly Message[] = [
    { role: 'user', content: 'ping' },
    { role: 'assistant', content: 'pong' },
    { role: 'user', content: 'again' },
    { role: 'assistant', content: 'pong' },
  ]
  const [masked] = await mask({ template, stops: [], tokenizer }, messages, { strategy: 'generation-marks' })
  assert.equal(masked!.rendered.text, '[USR]ping[BOT]pong [USR]again[BOT]pong ')
  assert.deepEqual(masked!.rendered.marks, [
    { startChar: 14, endChar: 19 },
    { startChar: 34, endChar: 39 },
  ])
  assert.deepEqual([...masked!.weights], [0, 0, 0, 1, 0, 0, 0, 1])
  const [derived] = await mask({ template, stops: [], tokenizer }, messages)
  assert.deepEqual([...derived!.weights], [0, 0, 0, 1, 0, 0, 0, 1])
  assert.deepEqual(rules(derived!), ['no-generation-prompt', 'no-stop-token'])
})

const REASONING =
  "{%- set ns = namespace(last=-1) -%}{%- for m in messages -%}{%- if m.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}{%- endfor -%}{%- for m in messages -%}{{- '<|im_start|>' + m.role + '\\n' -}}{%- if m.role == 'assistant' and m.reasoning_content and loop.index0 > ns.last -%}{{- '<think>\\n' + m.reasoning_content + '\\n</think>\\n\\n' -}}{%- endif -%}{{- m.content + '<|im_end|>\\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
const PRIMES: readonly Message[] = [
  { role: 'user', content: 'Is 91 prime?' },
  { role: 'assistant', content: 'No.', reasoning_content: '7 times 13 is 91.' },
  { role: 'user', content: 'Is 97?' },
  { role: 'assistant', content: 'Yes.', reasoning_content: 'No divisor up to 9.' },
]

test('unrolls a conversation whose template drops earlier reasoning, and no other', async () => {
  const setting = { template: REASONING, stops: ['<|im_end|>'] }
  const [whole] = await mask(setting, PRIMES, { unroll: 'never' })
  assert.match(
    bracket(whole!),
    /assistant\n⟦No\.<\|im_end\|>⟧\n.*assistant\n⟦<think>\nNo divisor up to 9\.\n<\/think>\n\nYes\.<\|im_end\|>⟧\n$/s,
  )
  assert.deepEqual(
    whole!.findings.map(({ rule, message, text }) => [rule, message, text.slice(0, 17)]),
    [['content-dropped', 1, '17 characters of ']],
  )
  const [first, second, ...more] = await mask(setting, PRIMES, { unroll: 'auto' })
  assert.equal(more.length, 0)
  assert.deepEqual([first!.turn, second!.turn], [1, 3])
  assert.equal(
    bracket(first!),
    '<|im_start|>user\nIs 91 prime?<|im_end|>\n<|im_start|>assistant\n⟦<think>\n7 times 13 is 91.\n</think>\n\nNo.<|im_end|>⟧\n',
  )
  assert.match(
    bracket(second!),
    /assistant\nNo\.<\|im_end\|>\n.*⟦<think>\nNo divisor up to 9\.\n<\/think>\n\nYes\.<\|im_end\|>⟧\n$/s,
  )
  const plain = PRIMES.map(({ role, content }) => ({ role, content: content! }))
  assert.equal((await mask(setting, plain, { unroll: 'auto' })).length, 1)
  assert.equal((await mask(setting, plain, { unroll: 'always' })).length, 2)
})

test('mask leaves a source out and keeps the rest of the answer', async () => {
  const setting = { template: REASONING, stops: ['<|im_end|>'] }
  const [masked] = await mask(setting, PRIMES.slice(0, 2), { mask: ['reasoning'] })
  assert.match(bracket(masked!), /⟦<think>\n⟧7 times 13 is 91\.⟦\n<\/think>\n\nNo\.<\|im_end\|>⟧\n$/)
})

test('says what a template never writes', async () => {
  const [reasoned] = await mask({ template: CHATML, stops: ['<|im_end|>'] }, PRIMES.slice(0, 2))
  assert.deepEqual(
    reasoned!.findings.map(({ rule, severity, message }) => [rule, severity, message]),
    [['field-ignored', 'error', 1]],
  )
  const template = CHATML.replace('{% for m in messages %}', "{% for m in messages if m.role != 'system' %}")
  const [without] = await mask({ template, stops: ['<|im_end|>'] }, SNOW)
  assert.deepEqual(
    without!.findings.map(({ rule, severity, message }) => [rule, severity, message]),
    [['message-not-rendered', 'error', 0]],
  )
})

const CALLS =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.tool_calls %}{% for tc in m.tool_calls %}{{ '<tool_call>\\n{\"name\": \"' + tc.function.name + '\", \"arguments\": ' }}{{ tc.function.arguments | tojson }}{{ '}\\n</tool_call>' }}{% endfor %}{% else %}{{ m.content }}{% endif %}{{ '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

test('trains a tool call as it is written, arguments as object', async () => {
  const call = { type: 'function', function: { name: 'lookup', arguments: { port: 'Brest' } } }
  const [masked] = await mask({ template: CALLS, stops: ['<|im_end|>'] }, [
    { role: 'user', content: 'Tide at Brest?' },
    { role: 'assistant', content: '', tool_calls: [call] },
  ])
  assert.match(
    bracket(masked!),
    /⟦<tool_call>\n\{"name": "lookup", "arguments": \{"port": "Brest"\}\}\n<\/tool_call><\|im_end\|>⟧\n$/,
  )
  assert.deepEqual(rules(masked!), [])
})

test('says that an empty answer could not be found', async () => {
  const template =
    "{% for i in range(messages|length) %}{{ messages[i].role + ':' + messages[i].content + '</s>' }}{% endfor %}"
  const messages = [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: '' }, ...FERN]
  const [masked] = await mask({ template, stops: ['</s>'] }, messages)
  assert.match(bracket(masked!), /^user:Hi<\/s>assistant:<\/s>user:Name a fern\.<\/s>[^⟧]*⟦Bracken\.<\/s>⟧$/)
  assert.deepEqual(rules(masked!), ['message-not-rendered', 'no-generation-prompt'])
})

test('does not unroll for a prompt that every rendering contradicts', async () => {
  const template = CHATML.replace(
    "{{ '<|im_start|>assistant\\n' }}",
    "{{ '<|im_start|>assistant\\n<think>\\n' }}",
  )
  assert.notEqual(template, CHATML)
  const examples = await mask({ template, stops: ['<|im_end|>'] }, SNOW)
  assert.equal(examples.length, 1)
  assert.deepEqual(rules(examples[0]!), ['prompt-not-prefix'])
})

test('leaves the header out when an assistant message comes first', async () => {
  // Ends the last message only when it writes a prompt, so that no prompt can be read off the whole text.
  const open =
    "{{ raise_exception('empty') if not messages }}{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content }}{% if not loop.last or add_generation_prompt %}{{ '<|im_end|>\\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
  const [masked] = await mask({ template: open, stops: ['<|im_end|>'] }, [
    { role: 'assistant', content: 'Welcome!' },
    { role: 'user', content: 'Hi' },
  ])
  assert.equal(bracket(masked!), '<|im_start|>assistant\n⟦Welcome!<|im_end|>⟧\n<|im_start|>user\nHi')
  assert.deepEqual(rules(masked!), ['prompt-not-prefix'])
})

test('gives an unrolled answer the next turn’s stop token, unless it has one', async () => {
  const next =
    "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
  const setting = { stops: ['<|user|>', '</s>'] }
  const messages: readonly Message[] = [...FERN, ...FERN]
  const [open] = await mask({ ...setting, template: next }, messages, { unroll: 'always' })
  assert.equal(bracket(open!), '<|user|>Name a fern.<|assistant|>⟦Bracken.<|user|>⟧')
  const closed = `${next}{% if messages[-1].role == 'assistant' %}{{ '</s>' }}{% endif %}`
  const [ended] = await mask({ ...setting, template: closed }, messages, { unroll: 'always' })
  assert.equal(bracket(ended!), '<|user|>Name a fern.<|assistant|>⟦Bracken.</s>⟧')
})

test('starts a completion without a prompt with its answer', async () => {
  const tokenizer = await makeTokenizer(CHATML, ['<|im_end|>'])
  const context: MaskContext = {
    tokenizer,
    templates: [ChatTemplate.compile(`{{ raise_exception('empty') if not messages }}${CHATML}`)],
    specialTokens: {},
    stopIds: new Set([tokenizer.tokenToId('<|im_end|>')!]),
  }
  const messages = [{ role: 'assistant', content: 'Yes' }]
  const [masked] = maskExample(
    { kind: 'conversation', messages, training: [undefined], promptLength: 0 },
    context,
  )
  assert.equal(bracket(masked!), '<|im_start|>assistant\n⟦Yes<|im_end|>\n⟧')
  assert.deepEqual(rules(masked!), ['after-stop-trained', 'prompt-not-prefix'])
})

test('says that a content which is no text is printed as Python prints it', async () => {
  const template =
    "{% for m in messages %}{{ '<|' + m.role + '|>' }}{{ m.content }}{{ '</s>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
  const call = { type: 'function', function: { name: 'lookup', arguments: {} } }
  const [masked] = await mask({ template, stops: ['</s>'] }, [
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    { role: 'assistant', content: null, tool_calls: [call] },
  ])
  assert.equal(bracket(masked!), "<|user|>[{'type': 'text', 'text': 'Hi'}]</s><|assistant|>⟦None</s>⟧")
  assert.deepEqual(
    masked!.findings.map(({ rule, severity, message }) => [rule, severity, message]),
    [
      ['field-ignored', 'error', 1],
      ['content-altered', 'error', 0],
      ['none-in-text', 'error', 1],
    ],
  )
})

test('says that arguments are encoded twice', async () => {
  const call = { type: 'function', function: { name: 'lookup', arguments: '{"port": "Brest"}' } }
  const [masked] = await mask({ template: CALLS, stops: ['<|im_end|>'] }, [
    { role: 'user', content: 'Tide at Brest?' },
    { role: 'assistant', content: '', tool_calls: [call] },
  ])
  assert.match(masked!.rendered.text, /"arguments": "\{\\"port\\": \\"Brest\\"\}"/)
  assert.deepEqual(rules(masked!), ['arguments-double-encoded'])
  assert.match(masked!.findings[0]!.text, /^messages\[1\]\.tool_calls\[0\]\.function\.arguments /)
})

test('finds an answer by where it was written, though the question holds the same words', async () => {
  const template =
    "{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
  const [masked] = await mask({ template, stops: [] }, [
    { role: 'user', content: 'Reply with Yes or No. Yes means open. Is the shop open?' },
    { role: 'assistant', content: 'Yes' },
  ])
  assert.equal(
    bracket(masked!),
    'user: Reply with Yes or No. Yes means open. Is the shop open?\nassistant: ⟦Yes⟧\n',
  )
  assert.deepEqual(rules(masked!), ['no-stop-token'])
})
