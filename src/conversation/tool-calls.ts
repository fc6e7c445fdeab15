import { quote } from '../error.ts'
import { type Json, parseJson } from '../json/index.ts'
import { type Fields, getField, hasValue, isFields, isList } from './fields.ts'
import type { Report } from './format.ts'
import { parseJsonText } from './json-text.ts'
import { nameValue, rowError } from './row-error.ts'

/**
 * Checks the calls of an assistant message, which stay as they are: `{function: {name, arguments}}`, or the bare
 * `{name, arguments}` that many templates take as well. Arguments are an object or a JSON string.
 */
export function checkToolCalls(calls: Json, where: string, report: Report): void {
  if (!isList(calls)) {
    throw rowError('tool-calls-type', where, `is ${nameValue(calls)}; expected a list of calls`, SHAPE)
  }
  calls.forEach((call, i) => {
    checkToolCall(call, `${where}[${i}]`, report)
  })
}

function checkToolCall(call: Json, where: string, report: Report): void {
  if (!isFields(call))
    throw rowError('tool-call-type', where, `is ${nameValue(call)}; expected an object`, SHAPE)
  const inner = getField(call, 'function') ?? null
  if (inner === null) {
    checkFunction(call, where, report)
    return
  }
  if (!isFields(inner)) {
    throw rowError('tool-call-type', `${where}.function`, `is ${nameValue(inner)}; expected an object`, SHAPE)
  }
  checkFunction(inner, `${where}.function`, report)
}

const SHAPE = 'Write {"type": "function", "function": {"name": …, "arguments": {…}}}.'

/** Checks the `{name, arguments}` of one call. */
export function checkFunction(call: Fields, where: string, report: Report): void {
  const name = getField(call, 'name')
  if (typeof name !== 'string' || name === '') {
    const what = `is ${nameValue(name)}; expected the function's name`
    throw rowError('tool-call-name', `${where}.name`, what, 'Name the function that the call is for.')
  }
  const args = getField(call, 'arguments')
  if (args === undefined || isFields(args)) return
  if (typeof args !== 'string') {
    const what = `is ${nameValue(args)}; expected an object or a JSON string of one`
    throw rowError(
      'tool-call-arguments',
      `${where}.arguments`,
      what,
      'Write {} for a call without arguments.',
    )
  }
  if (isJsonObject(args)) return
  const text = `${where}.arguments is a string that holds no JSON object: ${quote(args)}. The model would learn to write it.`
  report('tool-call-unparseable', 'warn', text)
}

/** The value of a `function_call` message: the calls, and reasoning that LLaMA-Factory allows in front of them. */
export function parseFunctionCall(
  value: string,
  where: string,
  report: Report,
): { content: string; calls: Json[] } {
  const content = /^\s*<think>.*?<\/think>\s*/s.exec(value)?.[0] ?? ''
  const fix = 'Write {"name": …, "arguments": {…}} or a list of those.'
  const parsed = parseJsonText(value.slice(content.length), where, fix)
  if (!isList(parsed)) return { content, calls: [toToolCall(parsed, where, report)] }
  if (parsed.length === 0) throw rowError('tool-call-type', where, 'is a list without a call', fix)
  return { content, calls: parsed.map((call, i) => toToolCall(call, `${where}[${i}]`, report)) }
}

/** Parses one tool call that a row holds as JSON text. */
export function parseToolCall(text: string, where: string, report: Report): Json {
  return toToolCall(parseJsonText(text, where, 'Write {"name": …, "arguments": {…}}.'), where, report)
}

/** A call in the shape that chat templates take: a bare `{name, arguments}` becomes the `function` of one. */
function toToolCall(call: Json, where: string, report: Report): Json {
  checkToolCall(call, where, report)
  return isFields(call) && !hasValue(call, 'function') ? { type: 'function', function: call } : call
}

function isJsonObject(text: string): boolean {
  try {
    return isFields(parseJson(text))
  } catch {
    return false
  }
}
