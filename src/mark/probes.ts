import type { Conversation, Message } from '../conversation/index.ts'
import type { Json } from '../json/index.ts'

const system: Message = { role: 'system', content: 'Answer in one word.' }
const ask = (content: string): Message => ({ role: 'user', content })
const answer = (content: string, more: Readonly<Record<string, Json>> = {}): Message => ({
  role: 'assistant',
  content,
  ...more,
})
const call = {
  tool_calls: [
    { id: 'call1abcd', type: 'function', function: { name: 'lookup', arguments: { key: 'snow' } } },
  ],
}
const result: Message = { role: 'tool', tool_call_id: 'call1abcd', name: 'lookup', content: 'white' }
const reasoning = { reasoning_content: 'It grows.' }
const TOOLS: Json = [
  {
    type: 'function',
    function: {
      name: 'lookup',
      description: 'Looks something up.',
      parameters: {
        type: 'object',
        properties: { key: { type: 'string', description: 'What.' } },
        required: ['key'],
      },
    },
  },
]

/** Conversations of the shapes that templates treat differently: what they show about one template is learnt from, and checked with. */
export const PROBES: readonly Conversation[] = [
  toConversation([ask('Grass?'), answer('Green.')]),
  toConversation([system, ask('Grass?'), answer('Green.'), ask('Snow?'), answer('White.')]),
  toConversation([
    ask('Grass?'),
    answer('Green.'),
    ask('Snow?'),
    answer('White.'),
    ask('Coal?'),
    answer('Black.'),
  ]),
  toConversation([ask('Grass?'), answer('Green.'), ask('Snow?')]),
  toConversation([ask('Grass?'), answer(' Green.\n'), ask('Snow?'), answer('naïve 日本 👩‍🔬 yes')]),
  toConversation([ask('Grass?'), answer('Green.', reasoning), ask('Snow?'), answer('White.', reasoning)]),
  toConversation([
    ask('Grass?'),
    answer('<think>\nIt grows.\n</think>\n\nGreen.'),
    ask('Snow?'),
    answer('White.'),
  ]),
  toConversation([ask('Snow?'), answer('', call), result, answer('White.')], TOOLS),
  toConversation(
    [system, ask('Snow?'), answer('', call), result, answer('White.'), ask('Coal?'), answer('Black.')],
    TOOLS,
  ),
  toConversation(
    [
      ...[ask('Snow?'), answer('', call), result, answer('White.')],
      ...[ask('And now?'), answer('', call), result, answer('', call), result, answer('Whiter.')],
    ],
    TOOLS,
  ),
  toConversation(
    [ask('Snow?'), answer('I look.', { ...call, ...reasoning }), result, answer('White.', reasoning)],
    TOOLS,
  ),
]

function toConversation(messages: readonly Message[], tools?: Json): Conversation {
  const training = messages.map(() => undefined)
  return { kind: 'conversation', messages, training, ...(tools !== undefined && { tools }) }
}

/** The same with contents that are lists of parts, which some templates of vision models need. */
export function withParts(conversation: Conversation): Conversation {
  const messages = conversation.messages.map(message => ({
    ...message,
    content: [{ type: 'text', text: String(message['content']) }],
  }))
  return { ...conversation, messages }
}
