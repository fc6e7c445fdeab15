import { type AlignedText, sliceAligned } from '../aligned-text.ts'
import type { SplitBehavior } from '../tokenizer-json/index.ts'
import type { Pattern, Segment } from './pattern.ts'

/** Cuts a text by a pattern; empty pieces are left out. */
export function splitAligned(source: AlignedText, pattern: Pattern, behavior: SplitBehavior): AlignedText[] {
  const pieces: AlignedText[] = []
  for (const { start, end } of applyBehavior(pattern(source.text), behavior))
    if (start < end) pieces.push(sliceAligned(source, start, end))
  return pieces
}

function applyBehavior(segments: Segment[], behavior: SplitBehavior): Segment[] {
  switch (behavior) {
    case 'Isolated':
      return segments
    case 'Removed':
      return segments.filter(({ isMatch }) => !isMatch)
    case 'Contiguous':
      return join(segments, (isMatch, wasMatch) => isMatch === wasMatch)
    case 'MergedWithPrevious':
      return join(segments, (isMatch, wasMatch) => isMatch && !wasMatch)
    case 'MergedWithNext':
      return join(segments.toReversed(), (isMatch, wasMatch) => isMatch && !wasMatch).reverse()
    default: {
      const never: never = behavior
      return never
    }
  }
}

/** Joins a segment to the one before it where `joins` says so. Before the first one was no match, as in the crate. */
function join(segments: Segment[], joins: (isMatch: boolean, wasMatch: boolean) => boolean): Segment[] {
  const joined: Segment[] = []
  let wasMatch = false
  for (const segment of segments) {
    const last = joined.at(-1)
    if (last !== undefined && joins(segment.isMatch, wasMatch)) {
      const start = Math.min(last.start, segment.start)
      const end = Math.max(last.end, segment.end)
      joined[joined.length - 1] = { start, end, isMatch: last.isMatch }
    } else joined.push(segment)
    wasMatch = segment.isMatch
  }
  return joined
}
