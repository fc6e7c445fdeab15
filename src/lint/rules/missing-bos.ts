import type { MaskContext } from '../../mask/index.ts'
import { CHATML, GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { findSpecialId } from '../token-runs.ts'

const setting = { rows: [GOOD], specialTokens: { bos_token: '<s>' }, addsBos: true }

export const missingBos: MaskRule = {
  kind: 'mask',
  name: 'missing-bos',
  severity: 'warn',
  trigger: 'The tokenizer adds BOS to a text, and the ids of the rendered conversation don’t start with it.',
  effect:
    'The model was pretrained with BOS in front; without it many models answer worse, and inference may add it.',
  fix: 'Write {{ bos_token }} at the start of the template.',
  needs: ['template'],
  wrong: setting,
  right: { ...setting, template: `{{ bos_token }}${CHATML}` },
  check({ encoded }, { context, example }) {
    if (example.kind !== 'conversation') return []
    const bos = findAddedBos(context)
    if (bos === undefined || encoded.ids[0] === bos) return []
    const text = `The tokenizer adds ${JSON.stringify(context.specialTokens['bos_token'])} to a text, and the template doesn’t write it.`
    return [{ rule: 'missing-bos', severity: 'warn', text, token: 0 }]
  },
}

const addedBos = new WeakMap<MaskContext, number | undefined>()

function findAddedBos(context: MaskContext): number | undefined {
  if (addedBos.has(context)) return addedBos.get(context)
  const bos = findSpecialId(context, 'bos_token')
  const isAdded =
    bos !== undefined && context.tokenizer.encode('a', { addSpecialTokens: true }).ids[0] === bos
  addedBos.set(context, isAdded ? bos : undefined)
  return isAdded ? bos : undefined
}
