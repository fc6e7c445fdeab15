import { prepared } from '../example.ts'
import type { PreparedRule } from '../rule.ts'

const rows = [prepared([5, 6, 7, 2, 8, 2], [-100, 6, 7, 2, -100, 2])]

export const packWithoutSegments: PreparedRule = {
  kind: 'prepared',
  name: 'pack-without-segments',
  severity: 'error',
  trigger: 'Rows are packed, and no column tells where one example ends and the next begins.',
  effect:
    'Attention crosses from one example into the next: the model learns answers to questions of others.',
  fix: 'Prepare the data with seq_lengths or position_ids, which lossline prepare --packing bfd writes.',
  needs: ['prepared'],
  wrong: { prepared: { rows, facts: { packing: 'bfd', columns: ['input_ids', 'labels'], changed: [] } } },
  right: {
    prepared: {
      rows,
      facts: { packing: 'bfd', columns: ['input_ids', 'labels', 'seq_lengths'], changed: [] },
    },
  },
  checkFolder({ packing, columns }) {
    // `wrapped` cuts a stream of tokens, and is meant to cross.
    if (packing === undefined || packing === 'wrapped') return []
    if (columns.includes('seq_lengths') || columns.includes('position_ids')) return []
    const text = `Rows are packed (${packing}) without seq_lengths or position_ids.`
    return [{ rule: 'pack-without-segments', severity: 'error', text }]
  },
}
