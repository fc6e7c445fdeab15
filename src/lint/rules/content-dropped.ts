import { assistant, chat, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const template =
  "{%- set ns = namespace(last=-1) -%}{%- for m in messages -%}{%- if m.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}{%- endfor -%}{%- for m in messages -%}{{- '<|im_start|>' + m.role + '\\n' -}}{%- if m.role == 'assistant' and m.reasoning_content and loop.index0 > ns.last -%}{{- '<think>\\n' + m.reasoning_content + '\\n</think>\\n\\n' -}}{%- endif -%}{{- m.content + '<|im_end|>\\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
const rows = [
  chat(
    user('Is 91 prime?'),
    assistant('No.', { reasoning_content: '7 times 13 is 91.' }),
    user('Is 97?'),
    assistant('Yes.', { reasoning_content: 'No divisor up to 9.' }),
  ),
]

export const contentDropped: FoundRule = {
  kind: 'found',
  name: 'content-dropped',
  severity: 'warn',
  trigger:
    'Part of a message isn’t in the text, though it is when that message is the last one: the template rewrites history.',
  effect:
    'Reasoning of earlier turns is not learnt, and later answers are trained behind another history than they were written behind.',
  fix: 'Leave --unroll at auto: one example for each answer, rendered as at inference.',
  needs: ['template'],
  wrong: { rows, template, mask: { unroll: 'never' } },
  right: { rows, template },
}
