import { CHATML, GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { findSpecialId, isTrained, placeOf } from '../token-runs.ts'

const setting = { specialTokens: { bos_token: '<s>' }, template: `{{ bos_token }}${CHATML}`, rows: [GOOD] }

export const bosTrained: MaskRule = {
  kind: 'mask',
  name: 'bos-trained',
  severity: 'error',
  trigger: 'BOS is trained, and is no stop token.',
  effect: 'The model learns to write the token that begins a text.',
  fix: 'Choose a mask that starts with the answer, or take BOS out of the content.',
  wrong: { ...setting, mask: { strategy: 'all' } },
  right: setting,
  check(masked, { context }) {
    const bos = findSpecialId(context, 'bos_token')
    if (bos === undefined || context.stopIds.has(bos)) return []
    const { ids } = masked.encoded
    for (const run of masked.runs) {
      if (!isTrained(run)) continue
      const t = ids.subarray(run.startToken, run.endToken).indexOf(bos)
      if (t < 0) continue
      const text = `BOS (id ${bos}) is trained.`
      return [{ rule: 'bos-trained', severity: 'error', text, ...placeOf(masked, run.startToken + t) }]
    }
    return []
  },
}
