import { prepared } from '../example.ts'
import type { PreparedRule } from '../rule.ts'

const facts = { packing: 'bfd', columns: ['input_ids', 'labels', 'seq_lengths'], changed: [] }

export const segmentStartTrained: PreparedRule = {
  kind: 'prepared',
  name: 'segment-start-trained',
  severity: 'error',
  trigger: 'The first token of a segment of a pack has a label.',
  effect:
    'Labels are shifted by one: the last token of one example is trained to be followed by the first of another.',
  fix: 'Set the label of each segment’s first token to -100.',
  needs: ['prepared'],
  wrong: {
    prepared: { facts, rows: [prepared([5, 6, 2, 8, 2], [-100, 6, 2, 8, 2], { seqLengths: [3, 2] })] },
  },
  right: {
    prepared: { facts, rows: [prepared([5, 6, 2, 8, 2], [-100, 6, 2, -100, 2], { seqLengths: [3, 2] })] },
  },
  check({ labels, seqLengths }) {
    if (seqLengths === undefined) return []
    let token = 0
    for (const [s, length] of seqLengths.entries()) {
      // The first token of a row has none before it.
      if (s > 0 && length > 0 && labels[token] !== -100 && labels[token] !== undefined) {
        const text = `Segment ${s} starts with a token that has a label.`
        return [{ rule: 'segment-start-trained', severity: 'error', text, token }]
      }
      token += length
    }
    return []
  },
}
