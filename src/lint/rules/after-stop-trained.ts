import { GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { isTrained, placeOf, quoteTokens } from '../token-runs.ts'

const setting = {
  rows: [GOOD],
  mask: { strategy: 'response-template', responseTemplate: '<|im_start|>assistant\n' },
} as const

export const afterStopTrained: MaskRule = {
  kind: 'mask',
  name: 'after-stop-trained',
  severity: 'warn',
  trigger: 'A token behind the stop token, in the same turn, is trained.',
  effect: 'It is never generated: the loss counts a token that the model has no use for.',
  fix: 'Use --mask assistant.',
  wrong: setting,
  right: { rows: [GOOD] },
  check(masked, { context, strategy }) {
    if (strategy === 'assistant' || strategy === 'completion' || strategy === 'all') return []
    const { ids } = masked.encoded
    for (const run of masked.runs) {
      if (!isTrained(run) || masked.roles[run.message] !== 'assistant') continue
      for (let t = Math.max(1, run.startToken); t < run.endToken; t++) {
        if (!context.stopIds.has(ids[t - 1]!)) continue
        const text = `${quoteTokens(masked, t, t + 1)} stands behind the stop token and is trained.`
        return [
          { rule: 'after-stop-trained', severity: 'warn', text, message: run.message, ...placeOf(masked, t) },
        ]
      }
    }
    return []
  },
}
