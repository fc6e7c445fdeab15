import { availableParallelism } from 'node:os'
import type { Input } from './plan.ts'
import { countInputBytes } from './read-meter.ts'

/**
 * How many workers pay for inputs where nobody has asked for a number: one for each core, but for small inputs. To start a thread and have its
 * code compiled takes as long as to work on some megabytes.
 *
 * @param bytesAThread rows as text that are worth a thread more
 * @returns 1 or more
 */
export function chooseWorkers(inputs: readonly Input[], bytesAThread: number): number {
  const bytes = inputs.reduce<number>((sum, input) => sum + countTextBytes(input), 0)
  return Math.min(availableParallelism(), 1 + Math.floor(bytes / bytesAThread))
}

/** Of rows whose bytes are packed: text becomes three to six times as small. */
const PACKED_RATIO = 4

/** As it would lie there as text, nearly; of standard input nobody knows. */
function countTextBytes(input: Input): number {
  const { files, weight = 1 } = input
  const isPacked = files.some(({ path }) => /\.(gz|zst|parquet)$/i.test(path))
  return (
    (countInputBytes(input) ?? Number.POSITIVE_INFINITY) * Math.max(1, weight) * (isPacked ? PACKED_RATIO : 1)
  )
}
