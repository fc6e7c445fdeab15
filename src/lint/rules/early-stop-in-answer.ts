import { assistant, chat, GOOD, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const earlyStopInAnswer: FoundRule = {
  kind: 'found',
  name: 'early-stop-in-answer',
  severity: 'error',
  trigger: 'A stop token’s characters come from the content of an answer, before the template’s own.',
  effect:
    'What follows it in the answer can never be generated; the model learns to go on behind its own stop token.',
  fix: 'Take the token out of the content.',
  wrong: { rows: [chat(user('Colour of grass?'), assistant('Green.<|im_end|> Or brown.'))] },
  right: { rows: [GOOD] },
}
