import type { Snapshot, SnapshotRow } from './snapshot.ts'

/** One example whose mask is not what the snapshot says. */
export interface SnapshotDifference {
  readonly name: string
  /** Lines of the snapshot alone; empty for an example that it doesn't have. */
  readonly expected: readonly string[]
  /** Lines of today's masks alone; empty for an example that there is no more. */
  readonly found: readonly string[]
}

/** Compares today's masks of a snapshot's rows with it, example by example. */
export function findDifferences(snapshot: Snapshot, found: readonly SnapshotRow[]): SnapshotDifference[] {
  const now = new Map(found.map(row => [row.name, row.lines]))
  const before = new Map(snapshot.rows.map(row => [row.name, row.lines]))
  return [...new Set([...before.keys(), ...now.keys()])].flatMap(name => {
    const [expected, actual] = [before.get(name) ?? [], now.get(name) ?? []]
    const difference = {
      name,
      expected: expected.filter(line => !actual.includes(line)),
      found: actual.filter(line => !expected.includes(line)),
    }
    return difference.expected.length + difference.found.length === 0 ? [] : [difference]
  })
}

/** Examples that are told with their lines. */
const TOLD = 10

/** As a diff: `-` the snapshot, `+` today. */
export function describeDifferences(differences: readonly SnapshotDifference[]): string {
  const told = differences
    .slice(0, TOLD)
    .flatMap(({ name, expected, found }) => [
      name,
      ...expected.map(line => `- ${line.trim()}`),
      ...found.map(line => `+ ${line.trim()}`),
    ])
  const more = differences.length - TOLD
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}
