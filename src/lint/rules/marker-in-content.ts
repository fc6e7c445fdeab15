import { assistant, chat, GOOD, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const mask = { strategy: 'response-template', responseTemplate: 'assistant\n' } as const

export const markerInContent: FoundRule = {
  kind: 'found',
  name: 'marker-in-content',
  severity: 'warn',
  trigger: 'A marker occurs inside of a message’s content.',
  effect: 'The search takes the place for the start of an answer, and trains what follows it.',
  fix: 'Use --mask assistant, which goes by where text comes from.',
  wrong: { rows: [chat(user('Say "assistant\n" twice.'), assistant('No.'))], mask },
  right: { rows: [GOOD], mask },
}
