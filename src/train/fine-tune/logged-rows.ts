import { IGNORE_INDEX } from '../../mask/index.ts'
import type { PreparedRow } from '../../page/index.ts'
import type { ExampleSet } from '../data/index.ts'

const ROWS = 10
/** Of a longer row the beginning is shown. */
const ROW_TOKENS = 2000

/** Ten rows for the report, from all over the set, with what is trained of each. */
export function toLoggedRows({ rows, exampleCount, lengths, describe }: ExampleSet): PreparedRow[] {
  const count = Math.min(ROWS, exampleCount)
  return Array.from({ length: count }, (_, i) => {
    const example = Math.floor((i * exampleCount) / count)
    const start = rows.offsets[example]!
    const end = Math.min(rows.offsets[example + 1]!, start + ROW_TOKENS)
    const labels = rows.labels.slice(start, end)
    // A weight of 0 trains nothing, whatever the label is.
    for (let t = 0; t < labels.length; t++) if (rows.lossWeights?.[start + t] === 0) labels[t] = IGNORE_INDEX
    return {
      where: describe?.(example) ?? `example ${example}`,
      tokens: lengths[example]!,
      inputIds: [...rows.inputIds.subarray(start, end)],
      labels: [...labels],
    }
  })
}
