import type { Conversation, Message } from '../conversation/index.ts'
import type { Json, JsonObject } from '../json/index.ts'

/** What is asked of a template, each with a conversation of its own. */
export type ProbeName =
  | 'an answer'
  | 'with a system message'
  | 'with tools'
  | 'a tool call'
  | 'after a tool result'
  | 'with reasoning'
  | 'a call with reasoning'

/** A conversation, and the answer in it that is looked at. */
export interface Probe {
  readonly name: ProbeName
  readonly conversation: Conversation
  /** Index of the message. */
  readonly answer: number
}

/** How a template wants to be told things: whatever of each it understands; undefined: nothing. */
export interface Shape {
  /** Contents as a text, or as a list of parts, which templates of vision models may ask for. */
  readonly content: 'text' | 'parts'
  readonly takesSystem: boolean
  readonly writesTools: boolean
  readonly calls: CallShape | undefined
  readonly writesResults: boolean
  readonly reasoning: ReasoningShape | undefined
}

export interface ReasoningShape {
  /** The key of a message that it is read from. */
  readonly key: ReasoningKey
  /** Whether it is written in front of an answer, and beside calls. */
  readonly inAnswers: boolean
  readonly inCalls: boolean
}

export interface CallShape {
  /** Arguments as an object, or as JSON text. */
  readonly arguments: 'object' | 'json'
  /** What it wants as the content beside calls. */
  readonly content: '' | null
}

export const REASONING_KEYS = ['reasoning_content', 'reasoning', 'thinking'] as const
export type ReasoningKey = (typeof REASONING_KEYS)[number]

export const QUESTIONS = ['What colour is grass?', 'And snow?', 'And coal?'] as const
export const ANSWERS = ['It is green.', 'Snow is white.', 'Coal is black.'] as const
export const THOUGHTS = [
  'Leaves reflect green light.',
  'Ice scatters all light.',
  'Carbon absorbs it.',
] as const
export const SYSTEM = 'Answer in one short sentence.'
const RESULT = 'green'
const CALL_ID = 'call1abcd'

export const TOOLS: Json = [
  {
    type: 'function',
    function: {
      name: 'find_colour',
      description: 'Finds the colour of a thing.',
      parameters: {
        type: 'object',
        properties: { thing: { type: 'string', description: 'What to look for.' } },
        required: ['thing'],
      },
    },
  },
]

type Content = Shape['content']

/** The question of a turn. */
export function ask(turn: number, shape: { readonly content: Content }): Message {
  return { role: 'user', content: toContent(QUESTIONS[turn]!, shape) }
}

/** The answer of a turn. */
export function say(turn: number, shape: { readonly content: Content }, more: JsonObject = {}): Message {
  return { role: 'assistant', content: toContent(ANSWERS[turn]!, shape), ...more }
}

/** A system message. */
export function tellSystem(shape: { readonly content: Content }): Message {
  return { role: 'system', content: toContent(SYSTEM, shape) }
}

/** An answer that is a tool call. */
export function callTool(call: CallShape, more: JsonObject = {}): Message {
  const given = { thing: 'grass' }
  const args = call.arguments === 'object' ? given : JSON.stringify(given)
  return {
    role: 'assistant',
    content: call.content,
    tool_calls: [{ id: CALL_ID, type: 'function', function: { name: 'find_colour', arguments: args } }],
    ...more,
  }
}

/** A tool's result. */
export function giveResult(shape: { readonly content: Content }): Message {
  return { role: 'tool', tool_call_id: CALL_ID, name: 'find_colour', content: toContent(RESULT, shape) }
}

/** Of which nothing says what is trained. */
export function toConversation(messages: readonly Message[], tools?: Json): Conversation {
  const training = messages.map(() => undefined)
  return { kind: 'conversation', messages, training, ...(tools !== undefined && { tools }) }
}

/** With variables of the template, as a row's own `chat_template_kwargs`. */
export function withKwargs(conversation: Conversation, kwargs: JsonObject): Conversation {
  return Object.keys(kwargs).length === 0 ? conversation : { ...conversation, chatTemplateKwargs: kwargs }
}

function toContent(text: string, { content }: { readonly content: Content }): Json {
  return content === 'text' ? text : [{ type: 'text', text }]
}

/** A message's reasoning, where a template writes it there. */
function think(turn: number, { reasoning }: Shape, where: 'inAnswers' | 'inCalls'): JsonObject {
  return reasoning?.[where] === true ? { [reasoning.key]: THOUGHTS[turn]! } : {}
}

/**
 * The probes that a template understands.
 *
 * @param always tools that each conversation has: those of a template that is taken only for conversations with tools
 */
export function listProbes(shape: Shape, always?: Json): Probe[] {
  const { calls, reasoning } = shape
  const tools = shape.writesTools ? TOOLS : undefined
  const probes: Probe[] = []
  const add = (name: ProbeName, messages: readonly Message[], given = always): void => {
    probes.push({ name, conversation: toConversation(messages, given), answer: messages.length - 1 })
  }
  add('an answer', [ask(0, shape), say(0, shape)])
  if (reasoning?.inAnswers === true)
    add('with reasoning', [ask(0, shape), say(0, shape, think(0, shape, 'inAnswers'))])
  if (shape.takesSystem) add('with a system message', [tellSystem(shape), ask(0, shape), say(0, shape)])
  if (tools !== undefined && always === undefined) add('with tools', [ask(0, shape), say(0, shape)], tools)
  if (calls === undefined) return probes
  add('a tool call', [ask(0, shape), callTool(calls)], tools)
  if (reasoning?.inCalls === true)
    add('a call with reasoning', [ask(0, shape), callTool(calls, think(0, shape, 'inCalls'))], tools)
  if (shape.writesResults)
    add('after a tool result', [ask(0, shape), callTool(calls), giveResult(shape), say(0, shape)], tools)
  return probes
}

/** A conversation of several answers, which tools that look for answers may lose, and templates rewrite. */
export interface LongProbe {
  readonly name: string
  readonly conversation: Conversation
  /** Its contents hold what only data would bring along: findings about it are no findings about the model. */
  readonly isOfData?: true
}

/** Conversations of several answers that a template understands, the shortest first. */
export function listLongProbes(shape: Shape, always?: Json): LongProbe[] {
  const { calls, reasoning } = shape
  const tools = shape.writesTools ? TOOLS : undefined
  const probes: LongProbe[] = []
  const add = (name: string, messages: readonly Message[], given = always): void => {
    probes.push({ name, conversation: toConversation(messages, given) })
  }
  const turn = (t: number, more: JsonObject = {}): Message[] => [ask(t, shape), say(t, shape, more)]
  const thoughtful = (t: number): Message[] => turn(t, think(t, shape, 'inAnswers'))
  add('two answers', [...turn(0), ...turn(1)])
  if (reasoning?.inAnswers === true) add('two answers with reasoning', [...thoughtful(0), ...thoughtful(1)])
  if (reasoning === undefined) {
    const conversation = toConversation([...inline(0), ...inline(1)], always)
    probes.push({ name: 'two answers with <think> in their content', conversation, isOfData: true })
  }
  if (shape.takesSystem) add('a system message', [tellSystem(shape), ...turn(0), ...turn(1)])
  if (tools !== undefined) add('tools', [...turn(0), ...turn(1)], tools)
  if (calls !== undefined && shape.writesResults) {
    const call = (more: JsonObject): Message[] => [ask(0, shape), callTool(calls, more), giveResult(shape)]
    add('a tool call', [...call({}), say(0, shape), ...turn(1)], tools)
    if (reasoning !== undefined) {
      const answer = say(0, shape, think(0, shape, 'inAnswers'))
      add(
        'a tool call with reasoning',
        [...call(think(0, shape, 'inCalls')), answer, ...thoughtful(1)],
        tools,
      )
    }
  }
  add('three answers', [...turn(0), ...turn(1), ...turn(2)])
  return probes

  /** Reasoning as those write it who have no field for it. */
  function inline(t: number): Message[] {
    const content = `<think>\n${THOUGHTS[t]}\n</think>\n\n${ANSWERS[t]}`
    return [ask(t, shape), { role: 'assistant', content: toContent(content, shape) }]
  }
}
