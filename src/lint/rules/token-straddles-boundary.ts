import { GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const template =
  "{% for m in messages %}{{ '<' + m.role + '>:' + m.content + '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<assistant>:' }}{% endif %}"

export const tokenStraddlesBoundary: FoundRule = {
  kind: 'found',
  name: 'token-straddles-boundary',
  severity: 'warn',
  trigger:
    'One token holds characters of the prompt and of the answer, or of the answer and of what follows.',
  effect: 'Inference never gives the model that token: its prompt ends inside of it.',
  fix: 'End the generation prompt with a special token or a line break.',
  wrong: { rows: [GOOD], template, merges: [[':', 'G']] },
  right: { rows: [GOOD], template },
}
