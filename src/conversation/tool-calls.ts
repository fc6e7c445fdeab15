import { quote } from '../error.ts'
import type { Finding } from '../finding.ts'
import { type Json, parseJson } from '../json/index.ts'
import { type Fields, getField, isFields, isList } from './fields.ts'
import { parseJsonText } from './json-text.ts'
import { nameValue, rowError } from './row-error.ts'

/**
 * Checks the calls of an assistant message, which stay as they are: `{function: {name, arguments}}`, or the bare
 * `{name, arguments}` that many templates take as well. Arguments are an object or a JSON string.
 */
export function checkToolCalls(calls: Json, where: string, message: number): Finding[] {
  if (!isList(calls)) {
    throw rowError('tool-calls-type', where, `is ${nameValue(calls)}; expected a list of calls`, SHAPE)
  }
  return calls.flatMap((call, i) => {
    const place = `${where}[${i}]`
    if (!isFields(call))
      throw rowError('tool-call-type', place, `is ${nameValue(call)}; expected an object`, SHAPE)
    const inner = getField(call, 'function')
    if (inner === undefined) return checkFunction(call, place, message)
    if (!isFields(inner)) {
      throw rowError(
        'tool-call-type',
        `${place}.function`,
        `is ${nameValue(inner)}; expected an object`,
        SHAPE,
      )
    }
    return checkFunction(inner, `${place}.function`, message)
  })
}

const SHAPE = 'Write {"type": "function", "function": {"name": …, "arguments": {…}}}.'

/** Checks the `{name, arguments}` of one call. */
export function checkFunction(call: Fields, where: string, message: number): Finding[] {
  const name = getField(call, 'name')
  if (typeof name !== 'string' || name === '') {
    const what = `is ${nameValue(name)}; expected the function's name`
    throw rowError('tool-call-name', `${where}.name`, what, 'Name the function that the call is for.')
  }
  const args = getField(call, 'arguments')
  if (args === undefined || isFields(args)) return []
  if (typeof args !== 'string') {
    const what = `is ${nameValue(args)}; expected an object or a JSON string of one`
    throw rowError(
      'tool-call-arguments',
      `${where}.arguments`,
      what,
      'Write {} for a call without arguments.',
    )
  }
  return isFields(tryParse(args))
    ? []
    : [
        {
          rule: 'tool-call-unparseable',
          severity: 'warn',
          text: `${where}.arguments is a string that holds no JSON object: ${quote(args)}. The model would learn to write it.`,
          message,
        },
      ]
}

/** The value of a `function_call` message: the calls, and reasoning that LLaMA-Factory allows in front of them. */
export function parseFunctionCall(value: string, where: string): { content: string; calls: Json[] } {
  const content = /^\s*<think>.*?<\/think>\s*/s.exec(value)?.[0] ?? ''
  const fix = 'Write {"name": …, "arguments": {…}} or a list of those.'
  const parsed = parseJsonText(value.slice(content.length), where, fix)
  const calls = isList(parsed) ? parsed : [parsed]
  if (calls.length === 0) {
    throw rowError('function-call-json', where, 'is a list without a call', 'Write at least one call.')
  }
  return {
    content,
    calls: calls.map((call, i) => toToolCall(call, isList(parsed) ? `${where}[${i}]` : where)),
  }
}

/** `{name, arguments}` in the shape that chat templates take; one that has it already stays. */
export function toToolCall(call: Json, where: string): Json {
  if (!isFields(call)) {
    const fix = 'Write {"name": …, "arguments": {…}}.'
    throw rowError('tool-call-type', where, `holds ${nameValue(call)}; expected a call`, fix)
  }
  return getField(call, 'function') === undefined ? { type: 'function', function: call } : call
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
