import { GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const specialTokens = { pad_token: '<|im_start|>' }

export const markerHoldsPad: FoundRule = {
  kind: 'found',
  name: 'marker-holds-pad',
  severity: 'error',
  trigger: 'A marker’s ids hold the pad id.',
  effect:
    'The collator masks the pad’s id before it searches, so that the marker is never found: no token is trained.',
  fix: 'Choose another pad token, or a marker without it.',
  wrong: {
    rows: [GOOD],
    specialTokens,
    mask: { strategy: 'response-template', responseTemplate: '<|im_start|>assistant\n' },
  },
  right: {
    rows: [GOOD],
    specialTokens,
    mask: { strategy: 'response-template', responseTemplate: 'assistant\n' },
  },
}
