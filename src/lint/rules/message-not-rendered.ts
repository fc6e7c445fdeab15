import { assistant, CHATML, chat, GOOD, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const messageNotRendered: FoundRule = {
  kind: 'found',
  name: 'message-not-rendered',
  severity: 'error',
  trigger: 'A message has content, and no character of it is in the text.',
  effect:
    'The model never sees the message: an answer to a question that isn’t there, or a system prompt that has no effect.',
  fix: 'Use a template that writes this role, or put the content into another message.',
  needs: ['template'],
  wrong: {
    rows: [
      chat({ role: 'system', content: 'Answer in one word.' }, user('Colour of grass?'), assistant('Green.')),
    ],
    template: CHATML.replace('in messages %}', "in messages if m.role != 'system' %}"),
  },
  right: { rows: [GOOD] },
}
