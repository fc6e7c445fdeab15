import type { MessagePlace } from '../../conversation/index.ts'
import type { JsonEdit } from '../../json/index.ts'
import { assistant, CHATML_TOOLS, chat, user } from '../example.ts'
import { fieldOf } from '../fields.ts'
import type { Mend } from './mend.ts'

/** The names that reasoning goes by. */
const NAMES = ['reasoning_content', 'reasoning', 'thinking'] as const

type Name = (typeof NAMES)[number]

export const reasoningName: Mend = {
  name: 'reasoning-name',
  rules: ['field-ignored', 'message-not-rendered'],
  does: 'Gives reasoning the name that the template reads it by.',
  only: 'only reasoning under one name, where the template reads it by another',
  example: {
    before: {
      rows: [chat(user('Is 91 prime?'), assistant('No.', { reasoning: '7 times 13 is 91.' }))],
      template: CHATML_TOOLS,
    },
    after: [chat(user('Is 91 prime?'), assistant('No.', { reasoning_content: '7 times 13 is 91.' }))],
  },
  propose({ places, findings, context }) {
    const named = new Set(findings.map(({ message }) => message))
    const asked = places.filter(({ message }) => named.has(message))
    return NAMES.filter(name => context.templates.some(({ source }) => source.includes(name)))
      .map(name => asked.flatMap(place => rename(place, name)))
      .filter(edits => edits.length > 0)
  },
}

function hasText({ raw }: MessagePlace, name: Name): boolean {
  const value = fieldOf(raw, name)
  return typeof value === 'string' && value.trim() !== ''
}

/** A message that has texts under two names stays as it is: nothing says which is meant. */
function rename(place: MessagePlace, to: Name): JsonEdit[] {
  const { raw, path, nameInFile } = place
  const [from, ...others] = NAMES.filter(name => hasText(place, name))
  if (from === undefined || from === to || others.length > 0) return []
  const taken = fieldOf(raw, to)
  if (taken === undefined) return [{ kind: 'key', path: [...path, nameInFile(from)], key: nameInFile(to) }]
  if (taken !== null && (typeof taken !== 'string' || hasText(place, to))) return []
  // Arrow gives each message the keys of all: the text goes where null, or an empty text, stands.
  return [
    { kind: 'value', path: [...path, nameInFile(to)], text: JSON.stringify(fieldOf(raw, from)) },
    { kind: 'value', path: [...path, nameInFile(from)], text: JSON.stringify(taken) },
  ]
}
