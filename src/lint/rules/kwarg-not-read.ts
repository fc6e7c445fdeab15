import { CHATML, GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const rows = [{ ...GOOD, chat_template_kwargs: { enable_thinking: false } }]

export const kwargNotRead: FoundRule = {
  kind: 'found',
  name: 'kwarg-not-read',
  severity: 'warn',
  trigger: 'A key of chat_template_kwargs is a variable that the template never reads.',
  effect: 'It changes nothing: mostly it is misspelt, and Jinja says nothing.',
  fix: 'Correct the name, or leave it out.',
  needs: ['template'],
  wrong: { rows },
  right: { rows, template: `{% if enable_thinking %}{{ '<think>' }}{% endif %}${CHATML}` },
}
