import type { Finding } from '../../mask/index.ts'
import { assistant, chat, GOOD, user } from '../example.ts'
import type { RowRule } from '../rule.ts'
import type { CutPiece, RowSubject } from '../subject.ts'

export const nothingTrainedAfterCut: RowRule = {
  kind: 'row',
  name: 'nothing-trained-after-cut',
  severity: 'error',
  leavesRowsOut: true,
  trigger:
    'A row has trained tokens, and none is left once it is cut to the length (--truncation drop is asked to do that). A warning while that is less than 1% of the rows.',
  effect: 'The answer is cut away: the row is left out, and what it had to teach with it.',
  fix: 'Raise --max-length, or choose --truncation keep-end or split-turns.',
  needs: ['max-length'],
  wrong: { rows: [chat(user('What is the colour of grass in spring?'), assistant('Green.'))], maxLength: 20 },
  right: { rows: [GOOD], maxLength: 200 },
  check(subject) {
    const { cuts, masks } = subject
    if (cuts === undefined || !masks.some((_, i) => countTrained(subject, i, undefined) > 0)) return []
    if (masks.some((_, i) => countTrained(subject, i, cuts[i]) > 0)) return []
    // What is dropped was asked to be.
    if (cuts.every(pieces => pieces.length === 0)) return []
    const length = masks.reduce((sum, { encoded }) => sum + encoded.ids.length, 0)
    return [toFinding(length)]
  },
}

function toFinding(length: number): Finding {
  const text = `Of the row's ${length} tokens the trained ones are all cut off.`
  return { rule: 'nothing-trained-after-cut', severity: 'error', text }
}

/** Trained tokens of an example, or those of them that lie in its pieces. */
export function countTrained(
  { masks }: RowSubject,
  i: number,
  pieces: readonly CutPiece[] | undefined,
): number {
  const { runs, encoded } = masks[i]!
  let count = 0
  for (const { startToken, endToken } of pieces ?? [{ startToken: 0, endToken: encoded.ids.length }]) {
    for (const run of runs) {
      const tokens = Math.min(run.endToken, endToken) - Math.max(run.startToken, startToken)
      if (run.weight !== 0 && tokens > 0) count += tokens
    }
  }
  return count
}
