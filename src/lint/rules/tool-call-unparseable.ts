import type { Json } from '../../json/index.ts'
import { writeJson } from '../../json/index.ts'
import type { Finding, Masked } from '../../mask/index.ts'
import { assistant, CHATML_TOOLS, call, chat, user } from '../example.ts'
import { fieldOf, isObject, itemsOf, parseText } from '../fields.ts'
import { findJsonEnd } from '../json-end.ts'
import type { MaskRule } from '../rule.ts'

export const toolCallUnparseable: MaskRule = {
  kind: 'mask',
  name: 'tool-call-unparseable',
  severity: 'warn',
  trigger: 'A call that the template writes as JSON can’t be read back to the same name and arguments.',
  effect: 'The model learns calls that no parser takes.',
  fix: 'Write the arguments as an object, or use a template that encodes them with tojson.',
  needs: ['template'],
  wrong: { rows: [chat(user('Tide at Brest?'), assistant('', call('port Brest')))], template: CHATML_TOOLS },
  right: {
    rows: [chat(user('Tide at Brest?'), assistant('', call({ port: 'Brest' })))],
    template: CHATML_TOOLS,
  },
  check(masked, { messages }) {
    const findings: Finding[] = []
    for (const { source, startChar, endChar } of masked.rendered.pieces) {
      if (source.kind !== 'message' || source.field !== 'tool_calls' || !source.path.endsWith('.name'))
        continue
      const written = readCall(masked, startChar, endChar)
      const index = /^tool_calls\[(\d+)\]/.exec(source.path)?.[1]
      const called = itemsOf(messages[source.message]?.['tool_calls'])[Number(index)]
      if (written === undefined || called === undefined) continue
      const problem = compare(written, fieldOf(called, 'function') ?? called)
      if (problem === undefined) continue
      const { message } = source
      const text = `messages[${message}].${source.path.replace(/(\.function)?\.name$/, '')} ${problem}.`
      findings.push({ rule: 'tool-call-unparseable', severity: 'warn', text, message, startChar, endChar })
    }
    return findings
  },
}

interface WrittenCall {
  /** Undefined: it is no JSON. */
  readonly value: unknown
}

/** The JSON object round a call's name; undefined where the template writes no JSON there. */
function readCall(
  { rendered: { text } }: Masked,
  startChar: number,
  endChar: number,
): WrittenCall | undefined {
  const before = text.slice(Math.max(0, startChar - 40), startChar)
  const opening = /\{\s*(?:"type":\s*"function",\s*"function":\s*\{\s*)?"name":\s*"$/.exec(before)?.[0]
  if (opening === undefined || text[endChar] !== '"') return undefined
  const from = startChar - opening.length
  const to = findJsonEnd(text, from)
  return { value: to === undefined ? undefined : parseText(text.slice(from, to)) }
}

function compare({ value }: WrittenCall, called: Json): string | undefined {
  if (typeof value !== 'object' || value === null) return 'is written as JSON that can’t be read'
  const inner = value as Record<string, unknown>
  const call = (inner['function'] ?? inner) as Record<string, unknown>
  if (call['name'] !== fieldOf(called, 'name')) return 'is read back with another name'
  const given = fieldOf(called, 'arguments')
  const expected = typeof given === 'string' ? parseText(given) : toPlain(given)
  const read = call['arguments'] ?? call['parameters']
  // Arguments that are encoded twice are another rule's.
  if (
    given === undefined ||
    typeof read === 'string' ||
    (typeof given === 'string' && !isObject(expected as Json))
  )
    return undefined
  return isEqual(read, expected) ? undefined : 'is read back with other arguments'
}

function toPlain(value: Json | undefined): unknown {
  return value === undefined ? undefined : parseText(writeJson(value))
}

function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  const [keys, others] = [Object.keys(a), Object.keys(b)]
  const entry = (value: object, key: string): unknown => (value as Record<string, unknown>)[key]
  return (
    keys.length === others.length &&
    keys.every(key => Object.hasOwn(b, key) && isEqual(entry(a, key), entry(b, key)))
  )
}
