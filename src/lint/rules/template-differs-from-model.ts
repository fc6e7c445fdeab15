import { CHATML, GOOD } from '../example.ts'
import { findDifference } from '../find-difference.ts'
import type { ModelRule } from '../rule.ts'

export const templateDiffersFromModel: ModelRule = {
  kind: 'model',
  name: 'template-differs-from-model',
  severity: 'warn',
  trigger: 'The template that is used isn’t the model folder’s.',
  effect: 'Inference with the folder’s own template prompts the model in a way that it was not trained for.',
  fix: 'Ship the template with the model, or train with the model’s own.',
  needs: ['template', 'own-template'],
  wrong: { rows: [GOOD], facts: { ownTemplate: CHATML.replace('<|im_end|>', '<|end|>') } },
  right: { rows: [GOOD], facts: { ownTemplate: CHATML } },
  check({ context, facts: { ownTemplate } }) {
    if (ownTemplate === undefined) return []
    const used = context.templates[0]?.source
    const difference = used === undefined ? undefined : findDifference(used, ownTemplate)
    if (difference === undefined) return []
    const text = `The template differs from the model folder’s from ${difference}.`
    return [{ rule: 'template-differs-from-model', severity: 'warn', text }]
  },
}
