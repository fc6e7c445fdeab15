import { LosslineError } from '../../error.ts'
import type { ExampleSet } from '../data/index.ts'
import type { ModelDescription } from '../model/index.ts'

/**
 * Whether the model has positions for the longest sequence: learnt ones end, and others are told where they go on past what the model was
 * made for.
 *
 * @returns what is to be told of it
 * @throws LosslineError `model/too-long`
 */
export function checkLengths(
  { positionEmbedding, maxPositions }: Pick<ModelDescription, 'positionEmbedding' | 'maxPositions'>,
  set: ExampleSet,
): string | undefined {
  const longer = [...toSequences(set)].filter(({ length }) => length > maxPositions)
  const [first] = longer
  if (first === undefined) return undefined
  const where = set.describe?.(first.example)
  if (positionEmbedding !== undefined) {
    const what = `has ${n(first.length)} tokens, and the model has learnt ${n(maxPositions)} positions`
    const fix = `Set {max_length} to ${maxPositions} or less.`
    throw new LosslineError('model/too-long', what, { where: where ?? `example ${first.example}`, fix })
  }
  const sequences = longer.length === 1 ? '1 sequence has' : `${n(longer.length)} sequences have`
  return `${sequences} more than the ${n(maxPositions)} tokens that the model was made for (max_position_embeddings in its config.json), the first in ${where ?? `example ${first.example}`}; max_length ${maxPositions} cuts them.`
}

/** Every sequence of the set, those of a pack too, with its tokens. */
function* toSequences({ rows, lengths }: ExampleSet): Generator<{ example: number; length: number }> {
  for (const [example, length] of lengths.entries()) {
    const { seqLengths } = rows
    if (seqLengths === undefined) yield { example, length }
    else
      for (let s = seqLengths.offsets[example]!; s < seqLengths.offsets[example + 1]!; s++)
        yield { example, length: seqLengths.values[s]! }
  }
}

function n(count: number): string {
  return count.toLocaleString('en-US')
}
