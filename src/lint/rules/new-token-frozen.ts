import { GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { isTrained, placeOf, quoteTokens } from '../token-runs.ts'

export const newTokenFrozen: MaskRule = {
  kind: 'mask',
  name: 'new-token-frozen',
  severity: 'error',
  trigger: 'A trained token was added after the base vocabulary, while embeddings and head are frozen.',
  effect: 'The model is asked to write a token whose row in the head is random and stays so.',
  fix: 'Train embeddings and head too (modules_to_save), or use tokens of the base vocabulary.',
  needs: ['training'],
  wrong: { rows: [GOOD], facts: { frozenFromId: 256 } },
  right: { rows: [GOOD], facts: { frozenFromId: 400 } },
  check(masked, { facts: { frozenFromId } }) {
    if (frozenFromId === undefined) return []
    const { ids } = masked.encoded
    for (const run of masked.runs) {
      if (!isTrained(run)) continue
      const t = ids.findIndex((id, t) => t >= run.startToken && t < run.endToken && id >= frozenFromId)
      if (t < 0) continue
      const text = `${quoteTokens(masked, t, t + 1)} (id ${ids[t]}) is new to the model, and its embedding is frozen.`
      return [{ rule: 'new-token-frozen', severity: 'error', text, ...placeOf(masked, t) }]
    }
    return []
  },
}
