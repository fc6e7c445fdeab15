import { findExactly } from '../exact-findings.ts'
import { GOOD } from '../example.ts'
import type { RowRule } from '../rule.ts'

export const noStopToken: RowRule = {
  kind: 'row',
  name: 'no-stop-token',
  severity: 'warn',
  trigger:
    'Nothing that follows the last answer’s content is a stop token; of plain text, the last token is none.',
  effect: 'The model is never taught to stop: it goes on until the limit.',
  fix: 'Use a template that ends each turn with a token that generation stops on.',
  wrong: {
    rows: [GOOD],
    template:
      "{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
  },
  right: { rows: [GOOD] },
  check: subject => findExactly(subject, 'no-stop-token'),
}
