import type { MessagePlace } from '../../conversation/index.ts'
import { assistant, CHATML_TOOLS, call, chat, user } from '../example.ts'
import { fieldOf, isObject, itemsOf } from '../fields.ts'
import { type Mend, toValueEdit } from './mend.ts'

export const nullContent: Mend = {
  name: 'null-content',
  rules: ['none-in-text', 'unusable-row'],
  does: 'Writes "" for a content that is null, but not for an answer with nothing else in it: that would teach to stop at once.',
  only: 'only a content that is null, and of an answer only where the text has more of it (an empty one would teach to stop at once)',
  example: {
    before: {
      rows: [chat(user('Tide at Brest?'), assistant(null, call({ port: 'Brest' })))],
      template: CHATML_TOOLS,
    },
    after: [chat(user('Tide at Brest?'), assistant('', call({ port: 'Brest' })))],
  },
  propose({ places, findings, error }) {
    const isRefused = error?.code === 'conversation/content-missing'
    if (error !== undefined && !isRefused) return []
    const named = new Set(findings.map(({ message }) => message))
    const edits = places
      .filter(place => isNull(place) && (isRefused || named.has(place.message)) && saysSomething(place))
      .map(({ path, content }) => toValueEdit([...path, content.inFile], ''))
    return edits.length === 0 ? [] : [edits]
  },
}

function isNull({ raw, content }: MessagePlace): boolean {
  return fieldOf(raw, content.read) === null
}

/** Of messages that are not answers an empty one is harmless. */
function saysSomething({ raw, role, roles }: MessagePlace): boolean {
  const word = fieldOf(raw, role.read)
  if (typeof word !== 'string' || roles[word] !== 'assistant') return true
  if (itemsOf(fieldOf(raw, 'tool_calls')).length > 0 || isObject(fieldOf(raw, 'function_call'))) return true
  const reasoning = fieldOf(raw, 'reasoning_content')
  return typeof reasoning === 'string' && reasoning.trim() !== ''
}
