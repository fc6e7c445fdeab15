import { LosslineError } from '../error.ts'

/**
 * Masks as a text that people read in a review: what is trained of each row, and a hash of all its ids.
 *
 * ```
 * # lossline masks 1: what is trained of chats.jsonl
 *
 * row 0: 13 of 32 tokens, ids 5f3a91c2
 *   message 1, tokens 9–13: "Green.<|im_end|>"
 *   message 3, tokens 24–33, ×0.5: "White.<|im_end|>"
 * ```
 */
export interface Snapshot {
  readonly rows: readonly SnapshotRow[]
}

/** One example: a row, or of an unrolled conversation one of its answers. */
export interface SnapshotRow {
  readonly row: number
  /** `row 0`, `row 0, message 3` */
  readonly name: string
  /** The name with its counts, and a line for each stretch that is trained. */
  readonly lines: readonly string[]
}

export const HEAD = '# lossline masks 1'

/**
 * @param file how errors name the text
 * @throws LosslineError `snapshot/file` for a text that is no snapshot
 */
export function parseSnapshot(text: string, file: string): Snapshot {
  if (!text.startsWith(HEAD)) {
    const what = `doesn't begin with "${HEAD}": it is no snapshot of masks, or another version's`
    const fix = 'Write it anew with lossline snapshot.'
    throw new LosslineError('snapshot/file', what, { where: file, fix })
  }
  const rows: { row: number; name: string; lines: string[] }[] = []
  for (const [l, line] of text.split(/\r?\n/).entries()) {
    if (line.startsWith('#') || line.trim() === '') continue
    const last = rows.at(-1)
    const [, name, row] = /^(row (\d+)(?:, message \d+)?): /.exec(line) ?? []
    if (name !== undefined) rows.push({ row: Number(row), name, lines: [line] })
    else if (line.startsWith('  ') && last !== undefined) last.lines.push(line)
    else {
      const what = 'is neither a row nor what is trained of it'
      const fix = 'Write the snapshot anew with lossline snapshot.'
      throw new LosslineError('snapshot/file', what, { where: `${file}:${l + 1}`, fix })
    }
  }
  return { rows }
}
