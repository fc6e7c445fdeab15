import { findExactly } from '../exact-findings.ts'
import { CHATML, GOOD } from '../example.ts'
import type { RowRule } from '../rule.ts'

export const noGenerationPrompt: RowRule = {
  kind: 'row',
  name: 'no-generation-prompt',
  severity: 'warn',
  trigger: 'The template gives the same text with and without add_generation_prompt.',
  effect:
    'Where an answer begins is taken from its header; inference has to write that header itself, or the model has to.',
  fix: 'Add {% if add_generation_prompt %} with the header of an answer to the template.',
  needs: ['template'],
  wrong: { rows: [GOOD], template: CHATML.slice(0, CHATML.indexOf('{% if')) },
  right: { rows: [GOOD] },
  check: subject => findExactly(subject, 'no-generation-prompt'),
}
