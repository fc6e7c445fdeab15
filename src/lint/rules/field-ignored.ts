import { assistant, CHATML_TOOLS, chat, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const rows = [chat(user('Is 91 prime?'), assistant('No.', { reasoning_content: '7 times 13 is 91.' }))]

export const fieldIgnored: FoundRule = {
  kind: 'found',
  name: 'field-ignored',
  severity: 'warn',
  trigger:
    'A field of a message that has something in it isn’t read by the template. An error for reasoning and tool calls.',
  effect: 'What it holds is not learnt: answers without their reasoning, turns without their calls.',
  fix: 'Use a template that reads the field, or rename it to the one that the template reads.',
  needs: ['template'],
  wrong: { rows },
  right: { rows, template: CHATML_TOOLS },
}
