import { reportOpenEnd } from '../report/tokens.ts'
import { labelTokens } from '../tokens/label-tokens.ts'
import type { SpanPart } from '../tokens/span-part.ts'
import type { Strategy } from './strategy.ts'

/** Every token of the text, the EOS behind it included: language modelling, as TRL does for `text` rows. */
export const all: Strategy<'all'> = {
  name: 'all',
  summary: 'every token, as for plain text',
  rows: 'any',
  reads: [],
  unrolls: false,
  mask(input) {
    const whole: SpanPart = {
      startChar: 0,
      endChar: input.rendered.text.length,
      weight: 1,
      reason: 'plain-text',
      message: undefined,
    }
    return {
      runs: labelTokens(input, [whole]),
      spans: [whole],
      findings: input.chat === undefined ? reportOpenEnd(input) : [],
    }
  },
}
