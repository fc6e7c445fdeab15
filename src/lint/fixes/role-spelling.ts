import { chat, GOOD } from '../example.ts'
import { fieldOf } from '../fields.ts'
import { type Mend, toValueEdit } from './mend.ts'

/** Words that published formats have for the roles of templates, in lower case. */
const WORDS: Readonly<Record<string, string>> = {
  // ShareGPT
  human: 'user',
  gpt: 'assistant',
  observation: 'tool',
  // LangChain
  ai: 'assistant',
  // Gemini
  model: 'assistant',
  // Cohere
  chatbot: 'assistant',
  // OpenAssistant
  prompter: 'user',
  // OpenAI, before there were tools
  function: 'tool',
}

export const roleSpelling: Mend = {
  name: 'role-spelling',
  rules: ['unknown-role'],
  does: 'Writes a role in lower case where the row’s format has it so, and one of another published format as `user`, `assistant` or `tool`.',
  only: 'only another case, or a word of a published format (--role-map maps others)',
  example: {
    before: {
      rows: [chat({ role: 'User', content: 'Colour of grass?' }, { role: 'model', content: 'Green.' })],
    },
    after: [GOOD],
  },
  propose({ places }) {
    const edits = places.flatMap(({ raw, path, role, roles }) => {
      const word = fieldOf(raw, role.read)
      if (typeof word !== 'string' || Object.hasOwn(roles, word)) return []
      const meant = findRole(word, roles)
      return meant === undefined ? [] : [toValueEdit([...path, role.inFile], meant)]
    })
    return edits.length === 0 ? [] : [edits]
  },
}

/** The format's own word in another case or between spaces, or another format's word. */
function findRole(word: string, roles: Readonly<Record<string, string>>): string | undefined {
  const plain = word.trim().toLowerCase()
  if (Object.hasOwn(roles, plain)) return plain
  return Object.hasOwn(WORDS, plain) ? WORDS[plain] : undefined
}
