import { prepared } from '../example.ts'
import type { PreparedRule } from '../rule.ts'

const facts = { packing: undefined, columns: ['input_ids', 'labels'], changed: [] }

export const parallelColumnsDiffer: PreparedRule = {
  kind: 'prepared',
  name: 'parallel-columns-differ',
  severity: 'error',
  trigger:
    'Ids, labels, weights or positions of a row differ in length, or the lengths of a pack’s segments don’t add up to it.',
  effect: 'Labels stand beside other tokens than their own, or the trainer ends with an error.',
  fix: 'Prepare the data anew.',
  needs: ['prepared'],
  wrong: { prepared: { facts, rows: [prepared([5, 6, 2], [-100, 6])] } },
  right: { prepared: { facts, rows: [prepared([5, 6, 2], [-100, 6, 2])] } },
  check({ inputIds, labels, lossWeights, positionIds, seqLengths }) {
    const lengths: readonly (readonly [string, number | undefined])[] = [
      ['labels', labels.length],
      ['loss_weights', lossWeights?.length],
      ['position_ids', positionIds?.length],
      ['seq_lengths, added up,', seqLengths?.reduce((sum, length) => sum + length, 0)],
    ]
    const other = lengths.find(([, length]) => length !== undefined && length !== inputIds.length)
    if (other === undefined) return []
    const text = `input_ids has ${inputIds.length} tokens, ${other[0]} ${other[1]}.`
    return [{ rule: 'parallel-columns-differ', severity: 'error', text }]
  },
}
