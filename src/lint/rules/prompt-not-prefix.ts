import { CHATML, GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const promptNotPrefix: FoundRule = {
  kind: 'found',
  name: 'prompt-not-prefix',
  severity: 'warn',
  trigger: 'What inference would give the model before an answer is not what stands before it in the row.',
  effect: 'The model is trained behind a prompt that it will never be given.',
  fix: 'Use a template whose answers start with its generation prompt, or --unroll always.',
  needs: ['template'],
  wrong: {
    rows: [GOOD],
    template: CHATML.replace(
      "{{ '<|im_start|>assistant\\n' }}",
      "{{ '<|im_start|>assistant\\n<think>\\n' }}",
    ),
  },
  right: { rows: [GOOD] },
}
