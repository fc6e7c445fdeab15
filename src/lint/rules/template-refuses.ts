import { chat, GOOD, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const template =
  "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

export const templateRefuses: FoundRule = {
  kind: 'found',
  name: 'template-refuses',
  severity: 'error',
  trigger: 'The template’s raise_exception fires, or it can’t be rendered with this row.',
  effect: 'The row can’t be used.',
  fix: 'Change the conversation as the template asks, or leave the row out.',
  needs: ['template'],
  wrong: { rows: [chat(user('Colour of grass?'), user('Well?'))], template },
  right: { rows: [GOOD], template },
}
