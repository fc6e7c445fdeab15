import type { MaskRun } from '../../mask/index.ts'
import type { ViewExample, ViewMask, ViewPiece } from '../../view/index.ts'

/** The run that a token is in. */
export function findRun({ runs }: ViewMask, token: number): MaskRun {
  return runs[lastBefore(runs, ({ startToken }) => startToken <= token)]!
}

/** What wrote a token's first character; undefined for a token without any. */
export function findPiece({ pieces, starts, ends }: ViewExample, token: number): ViewPiece | undefined {
  const char = starts[token]!
  if (ends[token] === char) return undefined
  return pieces[lastBefore(pieces, ({ startChar }) => startChar <= char)]
}

/** Index of the last of the first ones of which a condition holds; -1: of none. */
function lastBefore<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let start = 0
  let end = list.length
  while (start < end) {
    const middle = (start + end) >> 1
    if (holds(list[middle]!)) start = middle + 1
    else end = middle
  }
  return start - 1
}

/** The token that the arrow keys go to: left and right by one that is drawn, up and down to the next run. */
export function stepToken(example: ViewExample, token: number, key: string): number {
  const last = example.ids.length - 1
  switch (key) {
    case 'ArrowRight':
      return toDrawn(example, Math.min(last, token + 1), 1)
    case 'ArrowLeft':
      return toDrawn(example, Math.max(0, token - 1), -1)
    case 'ArrowDown':
      return Math.min(last, ...example.masks.map(mask => findRun(mask, token).endToken))
    case 'ArrowUp': {
      const starts = example.masks.map(mask => findRun(mask, token).startToken)
      const start = Math.max(...starts)
      return start < token || start === 0
        ? start
        : Math.max(...example.masks.map(mask => findRun(mask, start - 1).startToken))
    }
    case 'Home':
      return 0
    case 'End':
      return toDrawn(example, last, -1)
    default:
      return token
  }
}

/** Tokens that are parts of one character are drawn as one, under the first one's index. */
function toDrawn({ starts, ends }: ViewExample, from: number, step: 1 | -1): number {
  const isRest = (t: number): boolean =>
    t > 0 && ends[t]! > starts[t]! && starts[t] === starts[t - 1] && ends[t] === ends[t - 1]
  let token = from
  while (isRest(token) && token + step < ends.length) token += step
  return token
}
