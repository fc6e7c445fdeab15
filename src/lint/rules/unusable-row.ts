import { GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const unusableRow: FoundRule = {
  kind: 'found',
  name: 'unusable-row',
  severity: 'error',
  trigger: 'A row can’t be read as an example of any format.',
  effect: 'The row is not trained on; lossline prepare puts it into rejected.jsonl.',
  fix: 'Mend the row as its message says.',
  wrong: { rows: [{ messages: [{ role: 'user', content: 7 }] }] },
  right: { rows: [GOOD] },
}
