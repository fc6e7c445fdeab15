import { assistant, chat, GOOD, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const emptyAnswer: FoundRule = {
  kind: 'found',
  name: 'empty-answer',
  severity: 'warn',
  trigger: 'An answer without content, reasoning and calls is trained.',
  effect: 'The model is taught to stop at once.',
  fix: 'Leave the row out, or give the message a weight of 0.',
  wrong: { rows: [chat(user('Colour of grass?'), assistant(''))] },
  right: { rows: [GOOD] },
}
