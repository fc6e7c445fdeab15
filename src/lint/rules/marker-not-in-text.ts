import { GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const markerNotInText: FoundRule = {
  kind: 'found',
  name: 'marker-not-in-text',
  severity: 'error',
  trigger: 'The response template or the instruction template doesn’t occur in the rendered text.',
  effect: 'The search finds no answer: no token is trained.',
  fix: 'Copy the marker from the rendered text (lossline render), or use --mask assistant.',
  wrong: { rows: [GOOD], mask: { strategy: 'response-template', responseTemplate: '### Answer:' } },
  right: {
    rows: [GOOD],
    mask: { strategy: 'response-template', responseTemplate: '<|im_start|>assistant\n' },
  },
}
