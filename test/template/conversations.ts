// For tests: conversations of every shape that a chat template may meet.
import fc from 'fast-check'
import { type Json, JsonFloat } from '../../src/json/index.ts'

/** Text that Python and JavaScript like to treat differently, and text that templates look for. */
const word: fc.Arbitrary<string> = fc.constantFrom(
  'Hello',
  ' padded ',
  '\n\nnew\nlines\n',
  '',
  '日本語',
  '😀👩‍🚀',
  'naïve ﬁ ß İ',
  '<think>why</think>',
  '</think>',
  '<think>\nopen',
  '<|im_end|>',
  '[INST]',
  '{{ x }} {% y %}',
  '"quoted" \\ back\\n',
  "it's <b>&amp;</b>",
  '\u00a0\u2028\ufeff\u001c',
  '{"a": 1}',
  '1e5',
  'TRUE',
)

const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.array(word, { maxLength: 4 }).map(words => words.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).filter(isWellFormed) },
)

/** Lone surrogates can't be sent to another process as UTF-8. */
function isWellFormed(value: string): boolean {
  return !/[\ud800-\udfff]/u.test(value)
}

const scalar: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.constantFrom<Json>(null, true, false, 0, -1, 7, 1.5, 1e-7, new JsonFloat(3), 12345678901234567890n),
)

const key: fc.Arbitrary<string> = fc.constantFrom(
  'city',
  'a b',
  '1',
  '10',
  'items',
  'keys',
  'é',
  '__class__',
  'type',
  'k',
)

const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json; list: Json; dict: Json }>(tie => ({
  json: fc.oneof({ maxDepth: 3, depthSize: 'small' }, scalar, tie('list'), tie('dict')),
  list: fc.array(tie('json'), { maxLength: 3 }) as fc.Arbitrary<Json>,
  dict: dictOf(tie('json')),
})).json

/** A Map: a plain object would reorder keys such as "1". */
function dictOf(value: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 4, selector: ([name]) => name })
    .map(entries => new Map(entries))
}

function object(
  fields: Record<string, fc.Arbitrary<Json>>,
  required: readonly string[],
): fc.Arbitrary<Record<string, Json>> {
  return fc.record(fields, { requiredKeys: [...required] }) as fc.Arbitrary<Record<string, Json>>
}

const toolCall: fc.Arbitrary<Json> = object(
  {
    id: fc.constantFrom('call_1', 'abcdefghi'),
    type: fc.constant('function'),
    function: object(
      {
        name: fc.constantFrom('get_weather', 'f'),
        arguments: fc.oneof(
          { weight: 4, arbitrary: dictOf(json) },
          { weight: 1, arbitrary: fc.constant('{"a": 1}') },
        ),
      },
      ['name', 'arguments'],
    ),
  },
  ['type', 'function'],
)

const parts: fc.Arbitrary<Json> = fc.array(
  fc.oneof(
    text.map((value): Json => ({ type: 'text', text: value })),
    fc.constant<Json>({ type: 'image' }),
  ),
  { maxLength: 3 },
)

const content: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 1, arbitrary: parts },
  { weight: 1, arbitrary: fc.constant(null) },
)

const user = object({ role: fc.constant('user'), content }, ['role', 'content'])
const system = object({ role: fc.constant('system'), content: text }, ['role', 'content'])
const assistant = object(
  {
    role: fc.constant('assistant'),
    content,
    reasoning_content: text,
    tool_calls: fc.array(toolCall, { maxLength: 2 }),
    name: fc.constant('bot'),
  },
  ['role'],
)
const toolResult = object(
  {
    role: fc.constant('tool'),
    content,
    tool_call_id: fc.constant('call_1'),
    name: fc.constant('get_weather'),
  },
  ['role', 'content'],
)

/** Mostly turns that templates accept, now and then any order. */
const messages: fc.Arbitrary<Record<string, Json>[]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.option(system, { nil: undefined }),
        fc.array(fc.tuple(user, assistant, fc.option(toolResult, { nil: undefined, freq: 2 })), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.option(user, { nil: undefined }),
      )
      .map(([first, turns, last]) => [first, ...turns.flat(), last].filter(message => message !== undefined)),
  },
  { weight: 1, arbitrary: fc.array(fc.oneof(user, assistant, toolResult, system), { maxLength: 5 }) },
)

const tool: fc.Arbitrary<Json> = object(
  {
    type: fc.constant('function'),
    function: object(
      {
        name: fc.constantFrom('get_weather', 'f'),
        description: text,
        parameters: fc.oneof(
          dictOf(json),
          fc.constant<Json>({
            type: 'object',
            properties: {
              city: { type: 'string', description: 'A "city"', enum: ['Köln', 'Paris'] },
              days: { type: ['integer', 'null'], default: 3 },
              where: { type: 'object', properties: { lat: { type: 'number' } }, required: ['lat'] },
            },
            required: ['city'],
          }),
        ),
      },
      ['name', 'description', 'parameters'],
    ),
  },
  ['type', 'function'],
)

/** All variables of one rendering, messages among them. */
export const conversation: fc.Arbitrary<Record<string, Json>> = fc
  .tuple(
    messages,
    fc.record(
      {
        tools: fc.option(fc.array(tool, { minLength: 1, maxLength: 2 }) as fc.Arbitrary<Json>, { nil: null }),
        documents: fc.constant(null),
        add_generation_prompt: fc.boolean(),
        enable_thinking: fc.boolean(),
        bos_token: fc.constant('<s>'),
        eos_token: fc.constant('</s>'),
      },
      { requiredKeys: ['tools', 'documents', 'add_generation_prompt'] },
    ),
  )
  .map(([list, variables]) => ({ ...(variables as Record<string, Json>), messages: list }))
