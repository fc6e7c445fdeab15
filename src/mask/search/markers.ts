import type { Finding } from '../../finding.ts'
import type { Rendered } from '../../template/index.ts'
import type { Encoded } from '../../tokenizer/index.ts'

/** What a token search looks for: the words that stand before an answer, or before a question. */
export interface Marker {
  /** The option that gave it, as a finding names it: `response_template`. */
  readonly option: string
  /** Undefined when it was given as ids. */
  readonly text: string | undefined
  readonly ids: readonly number[]
}

/** All places where `sequence` stands in `ids`, overlapping ones included; none for an empty sequence. */
export function findSequence(ids: ArrayLike<number>, sequence: readonly number[]): number[] {
  const starts: number[] = []
  if (sequence.length === 0) return starts
  for (let t = 0; t + sequence.length <= ids.length; t++) {
    if (isSequenceAt(ids, sequence, t)) starts.push(t)
  }
  return starts
}

export function isSequenceAt(ids: ArrayLike<number>, sequence: readonly number[], t: number): boolean {
  if (t + sequence.length > ids.length) return false
  for (let s = 0; s < sequence.length; s++) if (ids[t + s] !== sequence[s]) return false
  return true
}

/** How many ids two sequences have in common, from the first on. */
export function commonLength(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return length
}

/** One example, as far as a search for markers looks at it. */
export interface SearchedExample {
  readonly rendered: Rendered
  readonly encoded: Encoded
  /** Undefined when nothing is masked by its pad id. */
  readonly padId: number | undefined
}

/**
 * What goes wrong with a search for these markers in one example: they aren't there, their ids alone aren't there though the text is
 * (tokens depend on their neighbours), a message's content holds them, or masking the pad id destroys them.
 */
export function checkMarkers(markers: readonly Marker[], example: SearchedExample): Finding[] {
  return markers.flatMap(marker => [
    ...checkPad(marker, example.padId),
    ...checkOccurrence(marker, example),
    ...checkContent(marker, example),
  ])
}

function checkPad({ option, ids }: Marker, padId: number | undefined): Finding[] {
  if (padId === undefined || !ids.includes(padId)) return []
  return [
    {
      rule: 'marker-holds-pad',
      severity: 'error',
      text: `The ids of ${option} hold the pad id ${padId}, whose labels are masked before the search: it is never found.`,
    },
  ]
}

function checkOccurrence({ option, text, ids }: Marker, { rendered, encoded }: SearchedExample): Finding[] {
  if (findSequence(encoded.ids, ids).length > 0) return []
  const startChar = text === undefined ? -1 : rendered.text.indexOf(text)
  if (text === undefined || startChar === -1) {
    const what = text === undefined ? `the ids ${ids.join(' ')}` : JSON.stringify(text)
    return [
      {
        rule: 'marker-not-in-text',
        severity: 'error',
        text: `${option} is ${what}, which this example doesn't hold.`,
      },
    ]
  }
  const endChar = startChar + text.length
  const inPlace = idsOf(encoded, startChar, endChar)
  return [
    {
      rule: 'marker-tokenises-differently',
      severity: 'error',
      text: `${option} is in the text, but its ids alone (${ids.join(' ')}) aren't in the ids; there it is ${inPlace.join(' ')}.`,
      startChar,
      endChar,
    },
  ]
}

/** The ids of the tokens that hold a character of the range. */
function idsOf({ ids, starts, ends }: Encoded, startChar: number, endChar: number): number[] {
  return Array.from(ids).filter((_, t) => starts[t]! < endChar && ends[t]! > startChar)
}

function checkContent(marker: Marker, example: SearchedExample): Finding[] {
  const contents = findContents(example.rendered)
  return findRanges(marker, example).flatMap(([startChar, endChar]): Finding[] => {
    const content = contents.find(range => range.startChar <= startChar && endChar <= range.endChar)
    if (content === undefined) return []
    return [
      {
        rule: 'marker-in-content',
        severity: 'warn',
        text: `A message's own content holds ${marker.option}: a search takes it for the head of a turn.`,
        message: content.message,
        startChar,
        endChar,
      },
    ]
  })
}

/** Where the marker stands, in characters: its text wherever that occurs, else the characters of its ids. */
function findRanges({ text, ids }: Marker, { rendered, encoded }: SearchedExample): [number, number][] {
  if (text === undefined) {
    return findSequence(encoded.ids, ids).map(t => [encoded.starts[t]!, encoded.ends[t + ids.length - 1]!])
  }
  const ranges: [number, number][] = []
  if (text === '') return ranges
  for (let at = rendered.text.indexOf(text); at !== -1; at = rendered.text.indexOf(text, at + 1)) {
    ranges.push([at, at + text.length])
  }
  return ranges
}

/** The stretches of the text that are one message's content, pieces that touch taken together. */
function findContents({ pieces }: Rendered): { startChar: number; endChar: number; message: number }[] {
  const contents: { startChar: number; endChar: number; message: number }[] = []
  for (const { source, startChar, endChar } of pieces) {
    if (source.kind !== 'message' || source.field !== 'content') continue
    const last = contents.at(-1)
    if (last?.endChar === startChar && last.message === source.message) last.endChar = endChar
    else contents.push({ startChar, endChar, message: source.message })
  }
  return contents
}
