import { type Json, type JsonEdit, type JsonPath, parseJson, writeJson } from '../../json/index.ts'
import { assistant, CHATML_TOOLS, call, chat, user } from '../example.ts'
import { fieldOf, isObject, itemsOf } from '../fields.ts'
import type { Mend } from './mend.ts'

export const encodedArguments: Mend = {
  name: 'encoded-arguments',
  rules: ['arguments-double-encoded'],
  does: 'Writes arguments that are JSON in a string as the object that they are, where the template encodes them itself.',
  only: 'only arguments that are a JSON object in a string, where the template encodes them itself',
  example: {
    before: {
      rows: [chat(user('Tide at Brest?'), assistant('', call('{"port": "Brest"}')))],
      template: CHATML_TOOLS,
    },
    after: [chat(user('Tide at Brest?'), assistant('', call({ port: 'Brest' })))],
  },
  propose({ places, findings }) {
    const named = new Set(findings.map(({ message }) => message))
    const edits = places
      .filter(({ message }) => named.has(message))
      .flatMap(({ raw, path, content, nameInFile }) => [
        ...itemsOf(fieldOf(raw, 'tool_calls')).flatMap((item, i) =>
          editCall(item, [...path, nameInFile('tool_calls'), i]),
        ),
        ...editCall(fieldOf(raw, 'function_call'), [...path, nameInFile('function_call')]),
        ...editText(fieldOf(raw, content.read), [...path, content.inFile]),
      ])
    return edits.length === 0 ? [] : [edits]
  },
}

/** `{function: {arguments}}`, or the bare `{arguments}`. */
function editCall(item: Json | undefined, path: JsonPath): JsonEdit[] {
  const inner = fieldOf(item, 'function')
  if (isObject(inner)) return editCall(inner, [...path, 'function'])
  const args = fieldOf(item, 'arguments')
  if (typeof args !== 'string') return []
  const object = toObjectText(args)
  return object === undefined ? [] : [{ kind: 'value', path: [...path, 'arguments'], text: object }]
}

/** A call that is the message's text, as ShareGPT's function_call has it; LLaMA-Factory's parts hold some too. */
function editText(content: Json | undefined, path: JsonPath): JsonEdit[] {
  if (typeof content !== 'string')
    return itemsOf(content).flatMap((part, i) =>
      fieldOf(part, 'type') === 'tool_call' ? editText(fieldOf(part, 'value'), [...path, i, 'value']) : [],
    )
  const value = tryParse(content)
  if (isObject(value)) return editCall(value, path)
  return itemsOf(value).flatMap((item, i) => editCall(item, [...path, i]))
}

/** The text of the object that a string holds: as it stands there, but for line breaks, which would end a row of JSON lines. */
function toObjectText(text: string): string | undefined {
  const value = tryParse(text)
  if (value === undefined || !isObject(value)) return undefined
  return /[\r\n]/.test(text) ? writeJson(value) : text.trim()
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
