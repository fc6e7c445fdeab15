import { prepared } from '../example.ts'
import type { PreparedRule } from '../rule.ts'

const rows = [prepared([5, 6, 2], [-100, 6, 2])]
const facts = { packing: undefined, columns: ['input_ids', 'labels'] }

export const cacheStale: PreparedRule = {
  kind: 'prepared',
  name: 'cache-stale',
  severity: 'error',
  trigger: 'The files, the template or the tokenizer are not those that the folder was prepared from.',
  effect: 'You train on what your data once was, or on ids that mean something else in this tokenizer.',
  fix: 'Prepare the data anew: lossline prepare … --overwrite.',
  needs: ['prepared'],
  wrong: { prepared: { rows, facts: { ...facts, changed: ['chats.jsonl has changed'] } } },
  right: { prepared: { rows, facts: { ...facts, changed: [] } } },
  checkFolder({ changed }) {
    return changed.map(what => ({
      rule: 'cache-stale',
      severity: 'error',
      text: `Since this was prepared, ${what}.`,
    }))
  },
}
