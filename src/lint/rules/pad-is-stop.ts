import { GOOD } from '../example.ts'
import type { ModelRule } from '../rule.ts'
import { findSpecialId } from '../token-runs.ts'

export const padIsStop: ModelRule = {
  kind: 'model',
  name: 'pad-is-stop',
  severity: 'warn',
  trigger:
    'The pad token is a stop token. An error with --mask response-template, whose collator masks by the pad’s id.',
  effect:
    'A collator that masks padding by its id masks the stop tokens too, and the model never learns to stop. Lossline’s masks don’t.',
  fix: 'Give the tokenizer a pad token of its own that the model never writes.',
  wrong: { rows: [GOOD], specialTokens: { pad_token: '<|im_end|>' } },
  right: { rows: [GOOD], specialTokens: { pad_token: '<pad>' } },
  check({ context, options }) {
    const pad = findSpecialId(context, 'pad_token')
    if (pad === undefined || !context.stopIds.has(pad)) return []
    const isMasked = options.strategy === 'response-template'
    const text = `${JSON.stringify(context.specialTokens['pad_token'])} (id ${pad}) is the pad token and a stop token${isMasked ? ', and this collator masks all tokens of that id' : ': a collator that masks by the pad’s id would mask the ends of answers'}.`
    return [{ rule: 'pad-is-stop', severity: isMasked ? 'error' : 'warn', text }]
  },
}
