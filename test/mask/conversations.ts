import type { Conversation, Message } from '../../src/conversation/index.ts'
import type { Json } from '../../src/json/index.ts'
import { random } from '../random.ts'

const TEXTS = [
  'Yes',
  'No.',
  'What is 2 + 2?',
  'a',
  'Line one\nline two',
  '日本語 👩‍🔬 naïve',
  '```py\nprint("<b>")\n```',
  '{"a": [1, 2.5, null]}',
  'The answer is *Yes*, and Yes again',
  'x < y && y > z',
]
const TOOLS: Json = [
  {
    type: 'function',
    function: {
      name: 'lookup',
      description: 'Looks "things" up.',
      parameters: {
        type: 'object',
        properties: { key: { type: 'string', description: 'The key' } },
        required: ['key'],
      },
    },
  },
]

/** A conversation that a real chat could be: user and assistant in turn, some with a system message, reasoning, calls and their results. */
export function makeConversation(seed: number): Conversation {
  const next = random(seed)
  const text = (): string => TEXTS[next(TEXTS.length)]!
  const withTools = next(3) === 0
  const withReasoning = next(3) === 0
  const messages: Message[] = []
  if (next(2) === 0) messages.push({ role: 'system', content: text() })
  for (let round = 1 + next(3); round > 0; round--) {
    messages.push({ role: 'user', content: text() })
    if (withTools && next(2) === 0) {
      const id = `call${next(10)}abcd`
      const call = { id, type: 'function', function: { name: 'lookup', arguments: { key: text() } } }
      messages.push({ role: 'assistant', content: '', tool_calls: [call] })
      messages.push({ role: 'tool', tool_call_id: id, name: 'lookup', content: text() })
    }
    const answer: Message = { role: 'assistant', content: text() }
    messages.push(withReasoning && next(2) === 0 ? { ...answer, reasoning_content: text() } : answer)
  }
  return {
    kind: 'conversation',
    messages,
    training: messages.map(() => undefined),
    ...(withTools ? { tools: TOOLS } : {}),
  }
}
