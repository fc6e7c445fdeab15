import { quote } from '../error.ts'
import type { Json } from '../json/index.ts'
import { findNearest } from '../nearest.ts'
import { checkContent, hasValueParts, splitValueParts } from './content.ts'
import type { Message, MessageTraining } from './conversation.ts'
import { type Fields, getEntries, getField, getKeys, hasValue, isFields, isList, toObject } from './fields.ts'
import type { ParseContext, Report } from './format.ts'
import { FROM_ROLES, FUNCTION_CALL } from './roles.ts'
import { joinWords, nameValue, rowError } from './row-error.ts'
import { checkFunction, checkToolCalls, parseFunctionCall } from './tool-calls.ts'
import { readTraining, TRAINING_KEYS } from './training.ts'

/** How the messages of a format are written. */
export interface MessageShape {
  readonly roleKey: 'role' | 'from'
  readonly contentKey: 'content' | 'value'
  /** The format's words for roles → the template's. */
  readonly roles: Readonly<Record<string, string>>
}

export interface ParsedMessage {
  readonly message: Message
  readonly training: MessageTraining | undefined
}

/**
 * One message as the template sees it: its own keys in its own order, less those that speak to the trainer. Only what no template
 * could read is rewritten: `from`/`value`, the words for roles, tool calls in JSON text, LLaMA-Factory's `{type, value}` parts.
 *
 * @param index of the message in the conversation, for findings
 * @throws LosslineError `conversation/…` at `where`
 */
export function parseMessage(
  raw: Json,
  shape: MessageShape,
  at: { where: string; index: number; context: ParseContext },
): ParsedMessage {
  const { where, index, context } = at
  const report: Report = (rule, severity, text) => {
    context.findings.push({ rule, severity, text, message: index })
  }
  if (!isFields(raw)) {
    const what = `is ${nameValue(raw)}; expected an object with ${shape.roleKey} and ${shape.contentKey}`
    throw rowError('message-type', where, what, 'Write each message as an object.')
  }
  reportLookalikes(raw, where, report)
  // As TRL does, key by key: a message may have `role` beside `value`.
  const roleKey = pickKey(raw, 'role', 'from', shape.roleKey)
  const contentKey = pickKey(raw, 'content', 'value', shape.contentKey)
  const role = readRole(getField(raw, roleKey), `${where}.${roleKey}`, shape, context)
  const content = getField(raw, contentKey)
  const place = `${where}.${contentKey}`
  const rewritten =
    role === FUNCTION_CALL ? rewriteCall(content, place, report) : rewriteParts(content, place, report)

  const message = toMessage(
    raw,
    { roleKey, contentKey },
    role === FUNCTION_CALL ? 'assistant' : role,
    rewritten,
  )
  if (rewritten === undefined) checkBody(message, where, contentKey, report)
  return { message, training: readTraining(raw, message['content'], where) }
}

/** Null is absent here, too: in Arrow and Parquet all messages have the keys of all. */
export function pickKey<K extends string>(message: Fields, own: K, other: K, expected: K): K {
  if (hasValue(message, own)) return own
  if (hasValue(message, other)) return other
  return [own, other].find(key => getField(message, key) !== undefined) ?? expected
}

function readRole(
  value: Json | undefined,
  where: string,
  shape: MessageShape,
  context: ParseContext,
): string {
  if (typeof value === 'string') {
    for (const roles of [context.roleMap, shape.roles]) {
      if (Object.hasOwn(roles, value)) return roles[value]!
    }
  }
  const known = Object.keys({ ...shape.roles, ...context.roleMap })
  const fix = typeof value === 'string' && value !== '' ? findRoleFix(value, known) : 'Say who speaks.'
  throw rowError('unknown-role', where, `is ${nameValue(value)}; expected ${joinWords(known)}`, fix)
}

function findRoleFix(role: string, known: readonly string[]): string {
  const meant = Object.hasOwn(FROM_ROLES, role) ? FROM_ROLES[role] : findNearest(role, known)
  if (meant === undefined || !/^[\w-]+$/.test(role)) return 'Map it to one of them with {role_map}.'
  return `Did you mean ${meant}? Correct it, or map it with {role_map} ${role}=${meant}.`
}

/** The keys that take the place of a content which no template could read. */
type Rewritten = readonly (readonly [string, Json])[] | undefined

function rewriteCall(value: Json | undefined, where: string, report: Report): Rewritten {
  if (typeof value !== 'string') {
    const fix = 'Write {"name": …, "arguments": {…}} as a string.'
    const what = `is ${nameValue(value)}; expected a tool call as a JSON string`
    throw rowError('function-call-type', where, what, fix)
  }
  const { content, calls } = parseFunctionCall(value, where, report)
  // An empty string and not null: templates that write content without a test print null as "None".
  return [
    ['content', content],
    ['tool_calls', calls],
  ]
}

function rewriteParts(value: Json | undefined, where: string, report: Report): Rewritten {
  if (!hasValueParts(value)) return undefined
  const parts = splitValueParts(value, where, report)
  const entries: [string, Json][] = [['content', parts.content]]
  if (parts.reasoning !== undefined) entries.push(['reasoning_content', parts.reasoning])
  if (parts.calls.length > 0) entries.push(['tool_calls', parts.calls])
  return entries
}

function toMessage(
  raw: Fields,
  keys: { roleKey: string; contentKey: string },
  role: string,
  rewritten: Rewritten,
): Message {
  const untouched = rewritten === undefined && keys.contentKey === 'content' && getField(raw, 'role') === role
  if (untouched && !(raw instanceof Map) && !getKeys(raw).some(key => TRAINING_KEYS.has(key))) {
    // Its role was checked to be a string, so it is a message.
    return raw as Message
  }
  const entries: (readonly [string, Json])[] = []
  for (const [key, value] of getEntries(raw)) {
    if (TRAINING_KEYS.has(key)) continue
    if (key === keys.roleKey) entries.push(['role', role])
    else if (key === keys.contentKey) entries.push(...(rewritten ?? [['content', value] as const]))
    // One of these beside the chosen key is null and would take its place.
    else if (key !== 'role' && key !== 'content') entries.push([key, value])
  }
  return toObject(entries) as Message
}

function checkBody(message: Message, where: string, contentKey: string, report: Report): void {
  const calls = message['tool_calls'] ?? null
  const call = message['function_call']
  if (calls !== null) checkToolCalls(calls, `${where}.tool_calls`, report)
  if (isFields(call)) checkFunction(call, `${where}.function_call`, report)
  const content = message['content'] ?? null
  if (content !== null) {
    checkContent(content, `${where}.${contentKey}`)
    return
  }
  if (message.role === 'assistant' && ((isList(calls) && calls.length > 0) || isFields(call))) return
  const what = `is ${nameValue(message['content'])}; only an assistant message with tool calls may do without`
  throw rowError('content-missing', `${where}.${contentKey}`, what, 'Write "" for an empty message.')
}

/** A key that sounds as if it chose what is trained, and that nothing reads, is worth a word. */
function reportLookalikes(message: Fields, where: string, report: Report): void {
  for (const key of getKeys(message)) {
    if (COMMON_KEYS.has(key) || TRAINING_KEYS.has(key) || !soundsLikeTraining(key) || !hasValue(message, key))
      continue
    const text = `${where} has ${quote(key)}, which is not read: weights are weight, train, training or loss_weight.`
    report('unknown-message-key', 'warn', text)
  }
}

/** Nearly all messages have no others: they need no second look. */
const COMMON_KEYS: ReadonlySet<string> = new Set([
  'role',
  'content',
  'from',
  'value',
  'tool_calls',
  'reasoning_content',
])

/** By whole words, so that `constraint` and `glossary` do not count. */
function soundsLikeTraining(key: string): boolean {
  return LOOKALIKE.test(key.replace(/([a-z])([A-Z])/g, '$1_$2'))
}
const LOOKALIKE = /(?:^|[^a-z])(?:weights?|train(?:ed|ing|able)?|loss|mask(?:ed)?|labels?)(?:$|[^a-z])/i
