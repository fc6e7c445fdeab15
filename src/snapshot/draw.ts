import type { Masked } from '../mask/index.ts'
import { HEAD, type SnapshotRow } from './snapshot.ts'

/** What is trained of an example, stretch by stretch: its message, tokens [start, end), weight where it is not 1, and text. */
export function drawRow(masked: Masked, row: number): SnapshotRow {
  const name = masked.turn === undefined ? `row ${row}` : `row ${row}, message ${masked.turn}`
  const stretches = findStretches(masked)
  const trained = stretches.reduce((sum, { startToken, endToken }) => sum + endToken - startToken, 0)
  const { ids } = masked.encoded
  const head = `${name}: ${trained} of ${ids.length} tokens, ids ${hashIds(ids)}`
  return { row, name, lines: [head, ...stretches.map(stretch => drawStretch(stretch, masked))] }
}

/** FNV-1a over the ids, 8 hex digits: whatever is written or encoded otherwise in front of what is trained is another example too. */
function hashIds(ids: ArrayLike<number>): string {
  let hash = 0x811c9dc5
  for (let t = 0; t < ids.length; t++) {
    for (let shift = 0; shift < 32; shift += 8)
      hash = Math.imul(hash ^ ((ids[t]! >>> shift) & 0xff), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** The whole file. */
export function drawSnapshot(rows: readonly SnapshotRow[], title: string): string {
  const parts = rows.map(({ lines }) => `\n${lines.join('\n')}\n`)
  return `${HEAD}: what is trained of ${title}\n${parts.join('')}`
}

interface Stretch {
  readonly startToken: number
  endToken: number
  readonly message: number
  readonly weight: number
}

/** Runs that a reader of the mask can't tell apart, put together: the reasons are not part of it. */
function findStretches({ runs }: Masked): Stretch[] {
  const stretches: Stretch[] = []
  for (const { startToken, endToken, message, weight } of runs) {
    if (weight === 0) continue
    const last = stretches.at(-1)
    if (last?.endToken === startToken && last.message === message && last.weight === weight)
      last.endToken = endToken
    else stretches.push({ startToken, endToken, message, weight })
  }
  return stretches
}

function drawStretch({ startToken, endToken, message, weight }: Stretch, { encoded }: Masked): string {
  const { text, starts, ends } = encoded
  const where = message === -1 ? '' : `message ${message}, `
  const times = weight === 1 ? '' : `, ×${Number(weight.toPrecision(6))}`
  const trained = text.slice(starts[startToken]!, ends[endToken - 1]!)
  return `  ${where}tokens ${startToken}–${endToken}${times}: ${quoteText(trained)}`
}

/** Characters kept of a long text at either end. */
const KEPT = 60

/** On one line, with everything invisible written out; of a long text its ends, which are where masks move. */
function quoteText(text: string): string {
  const left = text.length - 2 * KEPT
  if (left <= KEPT) return escapeText(text)
  return `${escapeText(text.slice(0, KEPT))} … ${left} characters … ${escapeText(text.slice(-KEPT))}`
}

function escapeText(text: string): string {
  return JSON.stringify(text).replace(
    /[\p{Cf}\p{Co}\u007f-\u009f\u00a0\u2028\u2029]/gu,
    unit => `\\u{${unit.codePointAt(0)!.toString(16)}}`,
  )
}
