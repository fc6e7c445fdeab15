import { GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { placeOf, quoteTokens } from '../token-runs.ts'

export const idOutOfVocabulary: MaskRule = {
  kind: 'mask',
  name: 'id-out-of-vocabulary',
  severity: 'error',
  trigger: 'An id is not less than config.json’s vocab_size.',
  effect:
    'There is no embedding for it: training ends with an index error, or reads what lies behind the table.',
  fix: 'Resize the embeddings to the tokenizer, or use the tokenizer of this model.',
  needs: ['vocabulary'],
  wrong: { rows: [GOOD], facts: { vocabSize: 256 } },
  right: { rows: [GOOD], facts: { vocabSize: 400 } },
  check(masked, { facts: { vocabSize } }) {
    if (vocabSize === undefined) return []
    const t = masked.encoded.ids.findIndex(id => id >= vocabSize)
    if (t < 0) return []
    const text = `${quoteTokens(masked, t, t + 1)} has the id ${masked.encoded.ids[t]}; the model has ${vocabSize}.`
    return [{ rule: 'id-out-of-vocabulary', severity: 'error', text, ...placeOf(masked, t) }]
  },
}
