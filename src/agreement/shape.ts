import type { Message } from '../conversation/index.ts'
import type { Json } from '../json/index.ts'
import type { MaskContext } from '../mask/index.ts'
import type { Rendered, Source } from '../template/index.ts'
import {
  ask,
  type CallShape,
  callTool,
  giveResult,
  REASONING_KEYS,
  type ReasoningKey,
  type Shape,
  say,
  THOUGHTS,
  TOOLS,
  tellSystem,
  toConversation,
} from './probes.ts'
import { attempt, isWritten, render, type Tried } from './render.ts'

/** What a template takes, and its words about what it refuses. */
export interface FoundShape {
  readonly shape: Shape
  /** Why nothing can be tried: the simplest conversation is refused, or its answer not written; undefined where it comes out. */
  readonly unusable: { readonly by: 'refused' | 'unwritten'; readonly reason: string } | undefined
  /**
   * Where the system message goes: `own`, a turn of its own; `user`, into the user's turn; `prompt`, into what asks for an answer alone, so that it is gone
   * from the text once the answer is there.
   */
  readonly system: 'own' | 'user' | 'prompt' | 'unread' | { readonly refused: string }
  /** Descriptions of tools; calls of them; and what those give, undefined where no call is understood. */
  readonly tools: 'written' | 'unread' | { readonly refused: string }
  readonly calls: 'written' | 'unread' | { readonly refused: string }
  readonly results: 'written' | 'unread' | { readonly refused: string } | undefined
}

/** Tries what a template understands: by what it writes of each, never by its name. */
export function findShape(context: MaskContext, always?: Json): FoundShape {
  const tryOut = (messages: readonly Message[], tools = always): Tried<Rendered> =>
    attempt(() => render(toConversation(messages, tools), context, false))
  const contents = (['text', 'parts'] as const).map(content => ({
    content,
    tried: tryOut([ask(0, { content }), say(0, { content })]),
  }))
  const { content, tried } = contents.find(({ tried }) => isAnswered(tried.value)) ?? contents[0]!
  const plain = { content }
  const question = ask(0, plain)
  const system = tryOut([tellSystem(plain), question, say(0, plain)])
  const toolsTried = tryOut([question, say(0, plain)], TOOLS)
  const found = findCalls(messages => tryOut([question, ...messages], TOOLS), plain)
  const reasons = (message: Message, key: ReasoningKey, tools?: Json): boolean => {
    const { value } = tryOut([question, message], tools)
    return value !== undefined && isWritten(value, isOfMessage(1, key))
  }
  const call = found.call?.shape
  const reasoning = REASONING_KEYS.map(key => ({
    key,
    inAnswers: reasons(say(0, plain, { [key]: THOUGHTS[0] }), key),
    inCalls: call !== undefined && reasons(callTool(call, { [key]: THOUGHTS[0] }), key, TOOLS),
  })).find(({ inAnswers, inCalls }) => inAnswers || inCalls)
  const asked = attempt(() => render(toConversation([tellSystem(plain), question], always), context, true))
  const systemPlace = placeSystem(system, asked)
  const tools = toAbility(toolsTried, source => source.kind === 'variable' && source.name === 'tools')
  const results = found.call && toAbility(found.call.result, isOfMessage(2, 'content'))
  return {
    shape: {
      content,
      takesSystem: systemPlace === 'own' || systemPlace === 'user' || systemPlace === 'prompt',
      writesTools: tools === 'written',
      calls: call,
      writesResults: results === 'written',
      reasoning,
    },
    unusable: whyUnusable(tried),
    system: systemPlace,
    tools,
    calls: found.ability,
    results,
  }
}

function whyUnusable({ value, refused }: Tried<Rendered>): FoundShape['unusable'] {
  if (refused !== undefined) return { by: 'refused', reason: refused }
  if (isAnswered(value)) return undefined
  return { by: 'unwritten', reason: 'nothing of an answer is in its text' }
}

type Ability = 'written' | 'unread' | { readonly refused: string }

function toAbility({ value, refused }: Tried<Rendered>, isIt: (source: Source) => boolean): Ability {
  if (value === undefined) return { refused }
  return isWritten(value, isIt) ? 'written' : 'unread'
}

/** Whether the simplest conversation comes out as it is: a list of parts printed as Python has it is no answer. */
function isAnswered(rendered: Rendered | undefined): boolean {
  if (rendered === undefined) return false
  return rendered.pieces.some(
    ({ source, sourceChar }) =>
      source.kind === 'message' &&
      source.message === 1 &&
      source.field === 'content' &&
      sourceChar !== undefined,
  )
}

function isOfMessage(message: number, key: string): (source: Source) => boolean {
  return source =>
    source.kind === 'message' &&
    source.message === message &&
    (source.path === key || source.path.startsWith(`${key}[`) || source.path.startsWith(`${key}.`))
}

function placeSystem({ value, refused }: Tried<Rendered>, asked: Tried<Rendered>): FoundShape['system'] {
  if (value === undefined) return { refused }
  const piece = value.pieces.find(({ source }) => hasMessage(source, 0))
  if (piece === undefined) {
    const isAsked = asked.value !== undefined && isWritten(asked.value, source => hasMessage(source, 0))
    return isAsked ? 'prompt' : 'unread'
  }
  const user = value.turns.find(({ message }) => message === 1)
  return user !== undefined && user.startChar <= piece.startChar && piece.endChar <= user.endChar
    ? 'user'
    : 'own'
}

function hasMessage(source: Source, message: number): boolean {
  if (source.kind === 'union') return source.sources.some(part => hasMessage(part, message))
  return source.kind === 'message' && source.message === message && source.field === 'content'
}

const CALL_SHAPES: readonly CallShape[] = [
  { arguments: 'object', content: '' },
  { arguments: 'json', content: '' },
  { arguments: 'object', content: null },
  { arguments: 'json', content: null },
]

interface FoundCalls {
  readonly ability: Ability
  readonly call: { readonly shape: CallShape; readonly result: Tried<Rendered> } | undefined
}

/** The first way to write a call in which its name and its arguments come out, and null not as the word None. */
function findCalls(
  tryOut: (messages: readonly Message[]) => Tried<Rendered>,
  plain: { readonly content: 'text' | 'parts' },
): FoundCalls {
  const tried = CALL_SHAPES.map(shape => ({ shape, rendered: tryOut([callTool(shape)]) }))
  const findGood = (accepts: (rendered: Rendered) => boolean): (typeof tried)[number] | undefined =>
    tried.find(({ rendered: { value } }) => value !== undefined && accepts(value))
  const good = findGood(value => isCalled(value) && !isPython(value.text)) ?? findGood(isCalled)
  if (good !== undefined) {
    const result = tryOut([callTool(good.shape), giveResult(plain), say(0, plain)])
    return { ability: 'written', call: { shape: good.shape, result } }
  }
  const rendered = tried.find(({ rendered: { value } }) => value !== undefined)
  const { refused } = tried[0]!.rendered
  return {
    ability: rendered !== undefined || refused === undefined ? 'unread' : { refused },
    call: undefined,
  }
}

/** Arguments printed as Python prints a dict are no JSON. */
function isPython(text: string): boolean {
  return text.includes("{'thing'")
}

/** A call whose arguments are a text in a text is no call that a model should learn to write. */
function isCalled(rendered: Rendered): boolean {
  const { text } = rendered
  const isOfCall = isOfMessage(1, 'tool_calls')
  const isNamed = isWritten(rendered, isOfCall) && text.includes('find_colour')
  const isNone = rendered.pieces.some(
    ({ source, startChar, endChar }) =>
      source.kind === 'message' && source.path === 'content' && text.slice(startChar, endChar) === 'None',
  )
  return isNamed && !isNone && !text.includes('{\\"thing')
}
