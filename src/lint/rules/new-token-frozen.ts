import type { Masked } from '../../mask/index.ts'
import { GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { isTrained, placeOf, quoteTokens } from '../token-runs.ts'

/** `<|im_start|>` and `<|im_end|>` have ids from 256 on in the tests' tokenizer, the bytes those before. */
const ADDED = Array.from({ length: 16 }, (_, t) => 256 + t)
const toFacts = (ids: readonly number[]): { frozenNewTokens: ReadonlyMap<number, string> } => ({
  frozenNewTokens: new Map(ids.map(id => [id, 'all zero'])),
})

export const newTokenFrozen: MaskRule = {
  kind: 'mask',
  name: 'new-token-frozen',
  severity: 'error',
  trigger:
    'A trained token was added to the model (its row in the head is all zero, the mean of the others, or another added token’s), and the head is not trained.',
  effect: 'The model is asked to write a token that its head can’t tell from others, and never will.',
  fix: 'Train the head and the embeddings too (--lora-modules-to-save lm_head,embed_tokens), or write tokens that the model knows.',
  needs: ['training'],
  wrong: { rows: [GOOD], facts: toFacts(ADDED) },
  right: { rows: [GOOD], facts: toFacts(ADDED.map(id => id + ADDED.length)) },
  check(masked, { facts: { frozenNewTokens: tokens } }) {
    if (tokens === undefined || tokens.size === 0) return []
    const t = findTrained(masked, tokens)
    if (t === undefined) return []
    const id = masked.encoded.ids[t]!
    const text = `${quoteTokens(masked, t, t + 1)} (id ${id}) is trained and new to the model: its row in the head is ${tokens.get(id)}, and the head is not trained.`
    return [{ rule: 'new-token-frozen', severity: 'error', text, ...placeOf(masked, t) }]
  },
}

function findTrained({ runs, encoded }: Masked, tokens: ReadonlyMap<number, string>): number | undefined {
  for (const run of runs) {
    if (!isTrained(run)) continue
    for (let t = run.startToken; t < run.endToken; t++) if (tokens.has(encoded.ids[t]!)) return t
  }
  return undefined
}
