import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describeError, LosslineError } from '../error.ts'
import { type Json, parseJson } from '../json/index.ts'
import { type Conversation, detectFormat, type FormatName, parseRow, type RowOptions } from './index.ts'

const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))

function conversation(row: Json, options?: RowOptions): Conversation {
  const { example } = parseRow(row, options)
  assert(example.kind === 'conversation')
  return example
}

function failure(row: Json, options?: RowOptions): string {
  try {
    parseRow(row, options)
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    return describeError(error, 'flag')
  }
  throw new Error(`no error for ${JSON.stringify(row)}`)
}

const user = { role: 'user', content: 'Hi' }
const assistant = { role: 'assistant', content: 'Hello.' }
/** A row whose second message is this one. */
const withMessage = (message: Json): Json => ({ messages: [user, message] })

test('tells the format by the columns that have a value', () => {
  const rows: readonly (readonly [Json, FormatName | undefined])[] = [
    [{ messages: [user] }, 'messages'],
    [{ conversations: [user] }, 'messages'],
    [{ conversations: [{ from: 'human', value: 'Hi' }] }, 'from-value'],
    [{ messages: [{ from: 'human', value: 'Hi' }] }, 'from-value'],
    [{ prompt: 'a', completion: 'b' }, 'prompt-completion'],
    [{ prompt: [user], completion: [assistant], text: 'c' }, 'prompt-completion'],
    [{ prompt: 'a', messages: [user] }, 'messages'],
    [{ prompt: null, completion: null, messages: [user] }, 'messages'],
    [{ messages: null, conversations: [{ from: 'human', value: 'Hi' }] }, 'from-value'],
    [{ instruction: 'a', output: 'b' }, 'alpaca'],
    [{ text: 'a' }, 'text'],
    [{ question: 'a', answer: 'b' }, undefined],
    [['text'], undefined],
  ]
  for (const [row, format] of rows) assert.equal(detectFormat(row), format, JSON.stringify(row))
})

test('gives messages to the template with the keys and in the order that they have', () => {
  const anyKey = fc
    .string({ minLength: 1 })
    .filter(key => !/weight|train|loss|mask|label|^(from|value)$|^\d+$/i.test(key))
  const anyMessage = fc
    .record({
      role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool'),
      content: fc.oneof(fc.string(), fc.array(fc.record({ type: fc.constant('text'), text: fc.string() }))),
      extra: fc.dictionary(anyKey, fc.jsonValue({ maxDepth: 2 })),
      roleFirst: fc.boolean(),
    })
    .map(({ role, content, extra, roleFirst }) => {
      const { tool_calls: _, function_call: __, ...more } = extra
      return roleFirst ? { role, content, ...more } : { ...more, content, role }
    })
  fc.assert(
    fc.property(fc.array(anyMessage, { minLength: 1 }), messages => {
      const text = JSON.stringify({ messages })
      // Through JSON, so that -0 and prototypes are as in a file; compared as text, so that order counts.
      const row = JSON.parse(text) as Json
      const parsed = conversation(row)
      assert.equal(JSON.stringify({ messages: parsed.messages }), JSON.stringify(row))
      assert.equal(parsed.training.length, parsed.messages.length)
    }),
  )
})

test('keeps every message of from/value rows, in order, with the words for roles translated', () => {
  const roles = {
    human: 'user',
    user: 'user',
    gpt: 'assistant',
    assistant: 'assistant',
    tool: 'tool',
    observation: 'tool',
  }
  const anyTurn = fc.record({
    from: fc.constantFrom(...(Object.keys(roles) as (keyof typeof roles)[])),
    value: fc.string(),
  })
  fc.assert(
    fc.property(fc.array(anyTurn, { minLength: 1 }), conversations => {
      assert.deepEqual(
        conversation({ conversations }).messages,
        conversations.map(({ from, value }) => ({ role: roles[from], content: value })),
      )
    }),
  )
})

test('a prompt and a completion of messages are one conversation that knows its prompt', () => {
  const { messages, promptLength } = conversation({
    prompt: [user, assistant, user],
    completion: [assistant],
  })
  assert.deepEqual(messages, [user, assistant, user, assistant])
  assert.equal(promptLength, 3)
  const strings = { prompt: 'a', completion: 'b' }
  assert.deepEqual(parseRow(strings).example, { kind: 'prompt-completion', ...strings })
  const from = conversation({
    prompt: [{ from: 'human', value: 'Hi' }],
    completion: [{ from: 'gpt', value: 'Hello.' }],
  })
  assert.deepEqual(from.messages, [user, assistant])
})

test('joins alpaca columns as LLaMA-Factory does', () => {
  const row = {
    ...{ system: 'Be terse.', history: [['1 + 1?', '2']] },
    ...{ instruction: 'Add.', input: '2 + 2', output: '4' },
  }
  assert.deepEqual(conversation(row).messages, [
    { role: 'system', content: 'Be terse.' },
    { role: 'user', content: '1 + 1?' },
    { role: 'assistant', content: '2' },
    { role: 'user', content: 'Add.\n2 + 2' },
    { role: 'assistant', content: '4' },
  ])
  assert.equal(conversation({ instruction: 'Add.', input: '', output: '4' }).messages[0]!['content'], 'Add.')
})

test('a function_call becomes an assistant message with tool calls, an observation a tool message', () => {
  const { messages } = conversation({
    system: 'Use tools.',
    conversations: [
      { from: 'human', value: 'Weather?' },
      { from: 'function_call', value: '{"name": "weather", "arguments": {"days": 2.0}}' },
      { from: 'observation', value: '{"sky": "blue"}' },
      {
        from: 'function_call',
        value: '<think>Both.</think>\n\n[{"name": "a", "arguments": {}}, {"name": "b"}]',
      },
    ],
  })
  assert.equal(
    JSON.stringify(messages),
    JSON.stringify([
      { role: 'system', content: 'Use tools.' },
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ type: 'function', function: { name: 'weather', arguments: { days: { value: 2 } } } }],
      },
      { role: 'tool', content: '{"sky": "blue"}' },
      {
        role: 'assistant',
        content: '<think>Both.</think>\n\n',
        tool_calls: [
          { type: 'function', function: { name: 'a', arguments: {} } },
          { type: 'function', function: { name: 'b' } },
        ],
      },
    ]),
  )
})

test("LLaMA-Factory v1's parts become content, reasoning and tool calls", () => {
  const parts = [
    { type: 'reasoning', value: 'Hm.' },
    { type: 'text', value: 'One ' },
    { type: 'text', value: 'moment.' },
    { type: 'tool_call', value: '{"name": "f", "arguments": {"x": 1}}' },
  ]
  const row = { messages: [{ role: 'assistant', content: parts, loss_weight: 0.5 }] }
  const { messages, training } = conversation(row)
  assert.deepEqual(messages, [
    {
      role: 'assistant',
      content: 'One moment.',
      reasoning_content: 'Hm.',
      tool_calls: [{ type: 'function', function: { name: 'f', arguments: { x: 1 } } }],
    },
  ])
  assert.deepEqual(training, [{ weight: 0.5 }])
  const turned = parseRow({ messages: [{ role: 'assistant', content: parts.toReversed() }] })
  assert.deepEqual(
    turned.findings.map(({ rule, message }) => [rule, message]),
    [['content-altered', 0]],
  )
})

test('takes weights out of the messages, whatever they are called', () => {
  const values: readonly (readonly [string, number])[] = [
    ['{"weight": 0}', 0],
    ['{"weight": 1.0}', 1],
    ['{"train": false}', 0],
    ['{"training": true}', 1],
    ['{"loss_weight": 0.25}', 0.25],
    ['{"loss_weight": 1, "train": true, "weight": null}', 1],
  ]
  for (const [text, weight] of values) {
    const extra = parseJson(text) as Record<string, Json>
    const { messages, training } = conversation(withMessage({ ...assistant, ...extra }))
    assert.deepEqual(messages, [user, assistant], text)
    assert.deepEqual(training, [undefined, { weight }], text)
  }
})

test("turns Axolotl's character ranges into UTF-16 ranges", () => {
  const anyChar = fc.constantFrom('a', ' ', 'é', '日', '👩', '🔬', '\u200d')
  fc.assert(
    fc.property(fc.array(anyChar, { minLength: 1 }), fc.nat(), fc.nat(), (chars, x, y) => {
      const begin = Math.min(x % chars.length, y % chars.length)
      const end = Math.max(x % chars.length, y % chars.length)
      const content = chars.join('')
      const detail = [{ begin_offset: begin, end_offset: end, train: false }]
      const { training } = conversation(withMessage({ role: 'assistant', content, training_detail: detail }))
      const range = training[1]!.detail![0]!
      assert.equal(content.slice(range.startChar, range.endChar), chars.slice(begin, end + 1).join(''))
      assert.equal(range.train, false)
    }),
  )
})

test('hands over tools, documents and the row’s own template variables', () => {
  const tools = [{ name: 'f', parameters: {} }]
  for (const written of [tools, JSON.stringify(tools)] as readonly Json[]) {
    assert.deepEqual(conversation({ messages: [user], tools: written }).tools, tools)
  }
  for (const none of ['', ' ', null, 'null'] as readonly Json[]) {
    assert.equal(conversation({ messages: [user], tools: none }).tools, undefined)
  }
  assert.deepEqual(conversation({ messages: [user], tools: '[]' }).tools, [])
  const row = {
    messages: [user],
    documents: [{ text: 'x' }],
    chat_template_kwargs: { enable_thinking: false },
  }
  const { documents, chatTemplateKwargs } = conversation(row)
  assert.deepEqual([documents, chatTemplateKwargs], [[{ text: 'x' }], { enable_thinking: false }])
})

test('rows that repeat their tools share one object', () => {
  const row = { messages: [user], tools: '[{"name": "f"}]' }
  assert.equal(conversation(row).tools, conversation({ ...row }).tools)
})

test('reads further roles that the caller names', () => {
  const roleMap = { bot: 'assistant', tool_call: 'function_call', ipython: 'ipython' }
  const messages = [
    { role: 'bot', content: 'Hello.' },
    { role: 'tool_call', content: '{"name": "f", "arguments": {}}' },
    { role: 'ipython', content: '4' },
  ]
  const parsed = conversation({ messages }, { roleMap })
  assert.deepEqual(
    parsed.messages.map(({ role }) => role),
    ['assistant', 'assistant', 'ipython'],
  )
})

test('takes null for absent, as rows from Arrow have it', () => {
  const nulls = { tool_calls: null, weight: null, function_call: null }
  const messages = [
    { from: 'human', role: null, value: 'Hi', content: null },
    { content: null, role: 'assistant', from: null, value: 'Hello.' },
    { ...assistant, ...nulls },
  ]
  assert.deepEqual(conversation({ messages, tools: null, documents: null, system: null }), {
    kind: 'conversation',
    messages: [user, { ...assistant, from: null }, { ...assistant, tool_calls: null, function_call: null }],
    training: [undefined, undefined, undefined],
  })
})

test('reports what is odd and usable', () => {
  const rows: readonly (readonly [Json, string, number | undefined])[] = [
    [withMessage({ ...assistant, loss_scale: 0.5 }), 'unknown-message-key', 1],
    [withMessage({ ...assistant, doTrain: true, constraint: 'none' }), 'unknown-message-key', 1],
    [
      withMessage({
        role: 'assistant',
        content: null,
        tool_calls: [{ function: { name: 'f', arguments: 'x' } }],
      }),
      'tool-call-unparseable',
      1,
    ],
    [{ messages: [user], system: 'Be terse.' }, 'field-ignored', undefined],
    [{ messages: [user], tools: [{ name: 'f', parameters: {} }] }, 'tool-without-function', undefined],
    [
      {
        system: 'One.',
        conversations: [
          { from: 'system', value: 'Two.' },
          { from: 'gpt', value: 'Hi' },
        ],
      },
      'field-ignored',
      undefined,
    ],
  ]
  for (const [row, rule, message] of rows) {
    const { findings } = parseRow(row)
    assert.deepEqual(
      findings.map(finding => [finding.rule, finding.message]),
      [[rule, message]],
    )
  }
})

test('has one line for each thing that is wrong with a row', () => {
  const call = (fn: Json): Json =>
    withMessage({ role: 'assistant', content: null, tool_calls: [{ function: fn }] })
  const weighed = (extra: Record<string, Json>): Json => withMessage({ ...assistant, ...extra })
  const from = (...conversations: Json[]): Json => ({ conversations })
  const lines: readonly (readonly [Json, string])[] = [
    [[user], 'the row is a list; expected an object. Write each row as {"messages": […]}.'],
    [null, 'the row is null; expected an object. Write each row as {"messages": […]}.'],
    [
      { question: 'a', answer: 'b' },
      'the row has the columns "question", "answer"; expected one of: prompt + completion; messages; conversations; instruction + output; text. Rename the columns.',
    ],
    [
      { data: [{ messages: [user] }] },
      'the row has the columns "data"; expected one of: prompt + completion; messages; conversations; instruction + output; text. If "data" holds the rows, write that list as the file.',
    ],
    [
      { input_ids: [1, 2] },
      'the row has the columns "input_ids"; expected one of: prompt + completion; messages; conversations; instruction + output; text. Rows of token ids are not read: give the text or the messages.',
    ],
    [
      { messages: [] },
      'messages is an empty list; a conversation has at least one message. Leave the row out, or give it messages.',
    ],
    [{ messages: 'Hi' }, 'messages is "Hi"; expected a list of messages. Write the messages as a list.'],
    [{ messages: null }, 'messages is null; expected a list of messages. Write the messages as a list.'],
    [
      withMessage('Hi'),
      'messages[1] is "Hi"; expected an object with role and content. Write each message as an object.',
    ],
    [
      withMessage({ role: 'robot', content: 'Beep' }),
      'messages[1].role is "robot"; expected system, developer, user, assistant or tool. Map it to one of them with --role-map.',
    ],
    [
      withMessage({ content: 'Hi' }),
      'messages[1].role is missing; expected system, developer, user, assistant or tool. Say who speaks.',
    ],
    [
      withMessage({ role: null, content: 'Hi' }),
      'messages[1].role is null; expected system, developer, user, assistant or tool. Say who speaks.',
    ],
    [
      withMessage({ role: 'constructor', content: 'Hi' }),
      'messages[1].role is "constructor"; expected system, developer, user, assistant or tool. Map it to one of them with --role-map.',
    ],
    [
      from({ from: 'narrator', value: 'Once' }),
      'conversations[0].from is "narrator"; expected system, developer, user, assistant, tool, human, gpt, observation or function_call. Map it to one of them with --role-map.',
    ],
    [
      withMessage({ role: 'assistant', content: null }),
      'messages[1].content is null; only an assistant message with tool calls may do without. Write "" for an empty message.',
    ],
    [
      withMessage({ role: 'user' }),
      'messages[1].content is missing; only an assistant message with tool calls may do without. Write "" for an empty message.',
    ],
    [
      from({ from: 'gpt' }),
      'conversations[0].value is missing; only an assistant message with tool calls may do without. Write "" for an empty message.',
    ],
    [
      withMessage({ role: 'user', content: 7 }),
      'messages[1].content is the number 7; expected a string or a list of parts. Write the text as a string.',
    ],
    [
      withMessage({ role: 'user', content: { text: 'Hi' } }),
      'messages[1].content is an object; expected a string or a list of parts. Write the text as a string.',
    ],
    [
      withMessage({ role: 'user', content: ['Hi'] }),
      'messages[1].content[0] is "Hi"; expected a part with a type. Write {"type": "text", "text": …}, or the content as one string.',
    ],
    [
      withMessage({ role: 'user', content: [{ type: 'hologram' }] }),
      'messages[1].content[0].type is "hologram"; expected text, image, image_url, video, video_url, audio, audio_url, input_audio, file, document, refusal or thinking. Write {"type": "text", "text": …}, or the content as one string.',
    ],
    [
      withMessage({ role: 'user', content: [{ type: 'text' }] }),
      'messages[1].content[0].text is missing; expected a string. Write {"type": "text", "text": …}, or the content as one string.',
    ],
    [
      withMessage({ role: 'user', content: [{ type: 'image_url', value: 'x' }] }),
      'messages[1].content[0].type is "image_url"; expected reasoning, text or tool_call. Write {"type": "text", "value": …}.',
    ],
    [
      withMessage({ ...assistant, tool_calls: {} }),
      'messages[1].tool_calls is an object; expected a list of calls. Write {"type": "function", "function": {"name": …, "arguments": {…}}}.',
    ],
    [
      withMessage({ ...assistant, tool_calls: ['f'] }),
      'messages[1].tool_calls[0] is "f"; expected an object. Write {"type": "function", "function": {"name": …, "arguments": {…}}}.',
    ],
    [
      call({ arguments: {} }),
      "messages[1].tool_calls[0].function.name is missing; expected the function's name. Name the function that the call is for.",
    ],
    [
      call({ name: 'f', arguments: [1] }),
      'messages[1].tool_calls[0].function.arguments is a list; expected an object or a JSON string of one. Write {} for a call without arguments.',
    ],
    [
      from({ from: 'function_call', value: '{"name": ' }),
      'conversations[0].value is "{\\"name\\": ", which is not JSON (character 9: expected a value, the text ends). Write {"name": …, "arguments": {…}} or a list of those.',
    ],
    [
      from({ from: 'function_call', value: '{"arguments": {}}' }),
      "conversations[0].value.name is missing; expected the function's name. Name the function that the call is for.",
    ],
    [
      weighed({ weight: 'heavy' }),
      'messages[1].weight is "heavy"; expected true, false or a number from 0. Write 0 to leave the message out of the loss, 1 to train it.',
    ],
    [
      weighed({ loss_weight: -1 }),
      'messages[1].loss_weight is the number -1; expected true, false or a number from 0. Write 0 to leave the message out of the loss, 1 to train it.',
    ],
    [
      weighed({ weight: 0, train: true }),
      'messages[1].train has the weight 1, but weight says 0. Keep one of the two.',
    ],
    [
      weighed({ training_detail: [{ begin_offset: 0, end_offset: 6, train: true }] }),
      'messages[1].training_detail[0].end_offset is the number 6; expected 0 to 5. Offsets count characters of the content from 0; the end is the last one inside.',
    ],
    [
      weighed({ training_detail: [{ begin_offset: 3, end_offset: 2, train: true }] }),
      'messages[1].training_detail[0].end_offset is 2, before begin_offset 3. The end is the last character inside the range.',
    ],
    [
      weighed({ training_detail: [{ begin_offset: 0, end_offset: 2 }] }),
      'messages[1].training_detail[0].train is missing; expected true or false. Write a list of {"begin_offset", "end_offset", "train"}, as Axolotl has it.',
    ],
    [
      { messages: [user], tools: '[{' },
      'tools is "[{", which is not JSON (character 2: expected a key in double quotes, the text ends). Write a list of tools, or leave the column out.',
    ],
    [
      { messages: [user], tools: '{}' },
      'tools holds an object; expected a list. Write a list of tools, or leave the column out.',
    ],
    [
      { messages: [user], tools: ['f'] },
      'tools[0] is "f"; expected an object. Write a list of tools, or leave the column out.',
    ],
    [
      { messages: [user], chat_template_kwargs: [] },
      'chat_template_kwargs is an empty list; expected an object. Write {"enable_thinking": false} and the like.',
    ],
    [
      { prompt: 'a', completion: [assistant] },
      'completion is a list, and the prompt is "a"; expected two strings or two lists. Write both the same way.',
    ],
    [
      { prompt: 'a' },
      'completion is missing; expected a string or a list of messages. Give each row a prompt and a completion.',
    ],
    [
      { prompt: [user], completion: [] },
      'completion is an empty list; a conversation has at least one message. Leave the row out, or give it messages.',
    ],
    [{ text: 7 }, 'text is the number 7; expected a string. Write the text as a string.'],
    [{ instruction: 'a', output: null }, 'output is null; expected a string. Write the text as a string.'],
    [
      { instruction: 'a', output: 'b', history: [['c']] },
      'history[0] is a list; expected two strings. Write a list of [question, answer].',
    ],
  ]
  for (const [row, line] of lines) assert.equal(failure(row), line)
})

test('gives an example or a LosslineError in one line for whatever row', () => {
  const words = [
    ...[
      'messages',
      'conversations',
      'prompt',
      'completion',
      'text',
      'instruction',
      'output',
      'history',
      'system',
      'tools',
    ],
    ...[
      'role',
      'content',
      'from',
      'value',
      'type',
      'tool_calls',
      'function',
      'name',
      'arguments',
      'weight',
      'train',
    ],
    ...[
      'training_detail',
      'begin_offset',
      'end_offset',
      'user',
      'assistant',
      'gpt',
      'function_call',
      'reasoning',
      '[{}]',
    ],
  ]
  const { row: anyRow } = fc.letrec<{ row: Json; value: Json }>(tie => ({
    row: fc.dictionary(fc.constantFrom(...words), tie('value')),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(null, 0, 1, true, '', ...words),
      fc.array(tie('value'), { maxLength: 2 }),
      tie('row'),
    ),
  }))
  fc.assert(
    fc.property(anyRow, fc.constantFrom(undefined, 'messages', 'from-value', 'alpaca'), (row, format) => {
      try {
        parseRow(row, format === undefined ? {} : { format: format as FormatName })
      } catch (error) {
        assert(error instanceof LosslineError, String(error))
        assert.doesNotMatch(describeError(error), /\n|undefined|\[object/)
      }
    }),
    { numRuns: 2000 },
  )
})

test('a forced format reads its columns even where another fits', () => {
  assert.deepEqual(parseRow({ messages: [user], text: 'a' }, { format: 'text' }).example, {
    kind: 'text',
    text: 'a',
  })
  assert.equal(
    failure({ text: 'a' }, { format: 'messages' }),
    'messages is missing; expected a list of messages. Write the messages as a list.',
  )
})

test('a row with keys like array indexes, or named as a prototype, is read like any other', () => {
  const row = parseJson(
    '{"1": 2, "messages": [{"role": "user", "7": 1, "__proto__": {"content": "no"}, "content": "Hi"}]}',
  )
  const message = conversation(row).messages[0]!
  assert.equal(message['content'], 'Hi')
  assert.deepEqual(Object.keys(message).sort(), ['7', '__proto__', 'content', 'role'])
  assert.match(
    failure(parseJson('{"messages": [{"__proto__": {"role": "user"}, "content": "Hi"}]}')),
    /role is missing/,
  )
})

test('reads every row of ../shared/data', t => {
  if (!existsSync(DATA)) return t.skip('../shared is not here')
  const expected: Readonly<Record<string, readonly [FormatName, number]>> = {
    'alpaca_en_demo.json': ['alpaca', 999],
    'alpaca_zh_demo.json': ['alpaca', 1000],
    'axolotl_conversation.json': ['from-value', 1],
    'c4_demo.jsonl': ['text', 300],
    'glaive_toolcall_en_demo.json': ['from-value', 300],
    'glaive_toolcall_zh_demo.json': ['from-value', 300],
    'identity.json': ['alpaca', 91],
    'reason_tool_use_demo_50.jsonl': ['messages', 50],
    'tinker_conversations.jsonl': ['messages', 128],
    'v1_sft_demo.jsonl': ['messages', 500],
  }
  for (const [file, [format, count]] of Object.entries(expected)) {
    const text = readFileSync(`${DATA}${file}`, 'utf8')
    const lines = file.endsWith('.jsonl')
      ? text
          .split('\n')
          .filter(line => line !== '')
          .map(parseJson)
      : undefined
    const rows = lines ?? [parseJson(text)].flat()
    assert.equal(rows.length, count, file)
    for (const row of rows) {
      const parsed = parseRow(row)
      assert.equal(parsed.format, format, file)
      assert.equal(parsed.example.kind, format === 'text' ? 'text' : 'conversation', file)
      const serious = parsed.findings.filter(({ severity }) => severity !== 'info')
      assert.deepEqual(serious, [], file)
    }
  }
})
