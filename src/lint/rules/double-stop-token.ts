import { CHATML, GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { placeOf, quoteTokens } from '../token-runs.ts'

export const doubleStopToken: MaskRule = {
  kind: 'mask',
  name: 'double-stop-token',
  severity: 'warn',
  trigger: 'Two stop tokens follow each other after an answer.',
  effect:
    'Generation stops at the first: the second is trained, or at least read, where no model ever writes it.',
  fix: 'Take the end that the data or the template writes out of one of them.',
  wrong: {
    rows: [GOOD],
    template: CHATML.replace('<|im_end|>', '<|im_end|></s>'),
    stops: ['<|im_end|>', '</s>'],
  },
  right: { rows: [GOOD], stops: ['<|im_end|>', '</s>'] },
  check(masked, { context }) {
    const { ids } = masked.encoded
    for (const run of masked.runs) {
      // Of a row without messages the end alone is an answer's.
      const isAnswers =
        run.message < 0 ? run.endToken === ids.length : masked.roles[run.message] === 'assistant'
      if (!isAnswers) continue
      const from = run.message < 0 ? ids.length - 1 : run.startToken
      for (let t = Math.max(1, from); t < run.endToken; t++) {
        if (!context.stopIds.has(ids[t]!) || !context.stopIds.has(ids[t - 1]!)) continue
        const text = `Two stop tokens follow each other: ${quoteTokens(masked, t - 1, t + 1)}.`
        const owner = run.message < 0 ? {} : { message: run.message }
        return [{ rule: 'double-stop-token', severity: 'warn', text, ...owner, ...placeOf(masked, t) }]
      }
    }
    return []
  },
}
