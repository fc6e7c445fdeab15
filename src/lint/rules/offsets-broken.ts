import { GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'

export const offsetsBroken: MaskRule = {
  kind: 'mask',
  name: 'offsets-broken',
  severity: 'error',
  trigger: 'A token that is part of the text has an empty range, or ranges run backwards.',
  effect: 'Masks stand on these ranges: tokens whose place isn’t known are not trained.',
  fix: 'Use a tokenizer.json whose offsets are right; tell us which it is.',
  wrong: { rows: [GOOD], breaksOffsets: true },
  right: { rows: [GOOD] },
  check({ encoded: { ids, starts, ends, text } }, { context }) {
    if (text === '') return []
    // Of every token of every row little is asked: nearly all begin no earlier than the one before, and end later than they begin.
    let last = 0
    for (let t = 0; t < ids.length; t++) {
      const start = starts[t]!
      if (start >= last && ends[t]! > start) {
        last = start
        continue
      }
      const isBackwards = ends[t]! < start || start < last
      last = start
      const isEmpty =
        ends[t] === starts[t] &&
        !context.tokenizer.isAdded(ids[t]!) &&
        !isByte(context.tokenizer.idToToken(ids[t]!))
      if (!isBackwards && !isEmpty) continue
      const what = isBackwards ? 'stands before the one before it' : 'has no characters'
      const text = `Token ${t} (${JSON.stringify(context.tokenizer.idToToken(ids[t]!) ?? ids[t])}) ${what}.`
      return [{ rule: 'offsets-broken', severity: 'error', text, token: t }]
    }
    return []
  },
}

function isByte(token: string | undefined): boolean {
  return token !== undefined && /^<0x[0-9A-F]{2}>$/.test(token)
}
