import { CHATML, GOOD } from '../example.ts'
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
    if (used === undefined || used.trimEnd() === ownTemplate.trimEnd()) return []
    const [mine, own] = [used.split('\n'), ownTemplate.split('\n')]
    const line = mine.findIndex((text, l) => text !== own[l])
    const at = line < 0 ? mine.length : line
    const [a, b] = [mine[at] ?? '', own[at] ?? '']
    let column = 0
    while (column < a.length && a[column] === b[column]) column++
    const text = `The template differs from the model folder’s from line ${at + 1}, column ${column + 1} on: ${JSON.stringify(a.slice(column, column + 30))} against ${JSON.stringify(b.slice(column, column + 30))}.`
    return [{ rule: 'template-differs-from-model', severity: 'warn', text }]
  },
}
