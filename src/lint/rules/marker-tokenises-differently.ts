import { GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const template =
  "{% for m in messages %}{{ m.role + ':' + m.content + '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"

export const markerTokenisesDifferently: FoundRule = {
  kind: 'found',
  name: 'marker-tokenises-differently',
  severity: 'error',
  trigger: 'A marker occurs in the text, and the ids that it has alone don’t occur in the ids of the text.',
  effect: 'A search by ids finds no answer: no token is trained.',
  fix: 'Give the ids that the marker has in the text, or use --mask assistant.',
  wrong: {
    rows: [GOOD],
    template,
    mask: { strategy: 'response-template', responseTemplate: 'sistant:' },
    merges: [
      ['a', 's'],
      ['as', 's'],
    ],
  },
  right: {
    rows: [GOOD],
    template,
    mask: { strategy: 'response-template', responseTemplate: 'assistant:' },
    merges: [
      ['a', 's'],
      ['as', 's'],
    ],
  },
}
