import type { MessagePlace } from '../../conversation/index.ts'
import type { Json, JsonEdit } from '../../json/index.ts'
import { assistant, CHATML_TOOLS, call, chat, user } from '../example.ts'
import { entriesOf, fieldOf, isObject, itemsOf } from '../fields.ts'
import { type Mend, toValueEdit } from './mend.ts'

export const nullContent: Mend = {
  name: 'null-content',
  rules: ['none-in-text', 'unusable-row'],
  does: 'Writes "" for a content that is null, but not for an answer with nothing else in it: that would teach to stop at once.',
  only: 'only a content that is null, and of an answer only where the text has more of it (an empty one would teach to stop at once); in Arrow and Parquet none beside a key that may be the content by another name',
  example: {
    before: {
      rows: [chat(user('Tide at Brest?'), assistant(null, call({ port: 'Brest' })))],
      template: CHATML_TOOLS,
    },
    after: [chat(user('Tide at Brest?'), assistant('', call({ port: 'Brest' })))],
  },
  propose({ places, findings, error, isColumnar }) {
    const isRefused = error?.code === 'conversation/content-missing'
    if (error !== undefined && !isRefused) return []
    const named = new Set(findings.map(({ message }) => message))
    const edits = places
      .filter(place => isNull(place, isColumnar) && (isRefused || named.has(place.message)))
      .filter(saysSomething)
      .map(toEdit)
    return edits.length === 0 ? [] : [edits]
  },
}

/** Null in a column is no key of the row; but a key that nobody reads may be the content by another name. */
function isNull({ raw, content }: MessagePlace, isColumnar: boolean): boolean {
  const value = fieldOf(raw, content.read)
  if (value !== undefined) return value === null
  return isColumnar && !entriesOf(raw).some(([key, value]) => mayBeContent(key, value))
}

/** A number is no content, nor is a text whose name says that it is another thing. */
function mayBeContent(key: string, value: Json): boolean {
  if (READ.has(key)) return false
  if (typeof value === 'string') return !OTHER_THINGS.test(key)
  return isObject(value) || itemsOf(value).length > 0
}

const READ: ReadonlySet<string> = new Set([
  ...['role', 'from', 'name', 'tool_calls', 'function_call', 'reasoning_content'],
])

/** `id`, `parent_id`, `messageId`, `timestamp`, `created_at`, `model` and the like. */
const OTHER_THINGS =
  /^(.+[._-])?(uu)?id$|[a-z]Id$|^(.*[._-])?(time|timestamp|date|model|lang|language|finish_reason)$|[a-z](_a|A)t$/

function toEdit({ path, raw, content }: MessagePlace): JsonEdit {
  const place = [...path, content.inFile]
  const isThere = fieldOf(raw, content.read) !== undefined
  return isThere ? toValueEdit(place, '') : { kind: 'added', path: place, text: '""' }
}

/** Of messages that are not answers an empty one is harmless. */
function saysSomething({ raw, role, roles }: MessagePlace): boolean {
  const word = fieldOf(raw, role.read)
  if (typeof word !== 'string' || roles[word] !== 'assistant') return true
  if (itemsOf(fieldOf(raw, 'tool_calls')).length > 0 || isObject(fieldOf(raw, 'function_call'))) return true
  const reasoning = fieldOf(raw, 'reasoning_content')
  return typeof reasoning === 'string' && reasoning.trim() !== ''
}
