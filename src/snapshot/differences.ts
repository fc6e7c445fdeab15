import type { Snapshot, SnapshotRow } from './snapshot.ts'

/** One example whose mask is not what the snapshot says. */
export interface SnapshotDifference {
  readonly name: string
  /** Its lines in the snapshot; empty for an example that it doesn't have. */
  readonly expected: readonly string[]
  /** Its lines today; empty for an example that there is no more. */
  readonly found: readonly string[]
}

/** Compares today's masks of a snapshot's rows with it, example by example. */
export function findDifferences(snapshot: Snapshot, found: readonly SnapshotRow[]): SnapshotDifference[] {
  const now = new Map(found.map(row => [row.name, row.lines]))
  const before = new Map(snapshot.rows.map(row => [row.name, row.lines]))
  return [...new Set([...before.keys(), ...now.keys()])].flatMap(name => {
    const [expected, actual] = [before.get(name) ?? [], now.get(name) ?? []]
    return expected.join('\n') === actual.join('\n') ? [] : [{ name, expected, found: actual }]
  })
}

/** Examples that are told with their lines. */
const TOLD = 10

/** What moved, from where to where, example by example; as a diff, `-` the snapshot and `+` today, where no sentence says it. */
export function describeDifferences(differences: readonly SnapshotDifference[]): string {
  const told = differences.slice(0, TOLD).flatMap(describe)
  const more = differences.length - TOLD
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}

function describe({ name, expected, found }: SnapshotDifference): string[] {
  if (expected.length === 0) return [`${name}: is new`, ...found.slice(1).map(line => `+ ${line.trim()}`)]
  if (found.length === 0)
    return [`${name}: is there no more`, ...expected.slice(1).map(line => `- ${line.trim()}`)]
  const [before, now] = [parseStretches(expected), parseStretches(found)]
  const moved = [...new Set([...before.keys(), ...now.keys()])].flatMap(key =>
    describeStretch(before.get(key), now.get(key)),
  )
  return [`${name}: ${describeHeads(expected[0]!, found[0]!)}`, ...moved]
}

/** `row 0: 22 of 60 tokens, ids 5f3a91c2` twice: what of it is another. */
function describeHeads(before: string, now: string): string {
  const [counts, ids] = splitHead(before)
  const [countsNow, idsNow] = splitHead(now)
  if (counts !== countsNow) return `${counts} trained before, ${countsNow} now`
  return ids === idsNow
    ? `${counts} as before`
    : `${counts} as before, of other ids: text or tokenizer are not the same`
}

function splitHead(line: string): [counts: string, ids: string | undefined] {
  const [, counts = line, ids] = /^row [^:]+: (.*?)(?:, ids ([0-9a-f]+))?$/.exec(line) ?? []
  return [counts, ids]
}

interface StretchLine {
  /** `message 2, `; of a row without messages nothing. */
  readonly message: string
  /** `24–34` */
  readonly tokens: string
  readonly times: string
  readonly text: string
}

/** By message, and which of its stretches it is. */
function parseStretches(lines: readonly string[]): Map<string, StretchLine> {
  const stretches = new Map<string, StretchLine>()
  const counts = new Map<string, number>()
  for (const line of lines.slice(1)) {
    const [, message = '', tokens = '', times = '', text = ''] =
      /^ {2}(message \d+, )?tokens (\d+–\d+)(, ×[^:]+)?: (.*)$/.exec(line) ?? []
    const count = counts.get(message) ?? 0
    counts.set(message, count + 1)
    stretches.set(`${message}${count}`, { message, tokens, times, text })
  }
  return stretches
}

function describeStretch(before: StretchLine | undefined, now: StretchLine | undefined): string[] {
  const lost = (stretch: StretchLine, sign: string): string => `${sign} ${toLine(stretch)}`
  if (before === undefined) return now === undefined ? [] : [lost(now, '+')]
  if (now === undefined) return [lost(before, '-')]
  if (toLine(before) === toLine(now)) return []
  const { message } = before
  const range = before.tokens === now.tokens ? before.tokens : `${before.tokens} → ${now.tokens}`
  const how = before.times === now.times ? describeTexts(before.text, now.text) : undefined
  if (how !== undefined) return [`  ${message}tokens ${range}: ${how}`]
  return [lost(before, '-'), lost(now, '+')]
}

function toLine({ message, tokens, times, text }: StretchLine): string {
  return `${message}tokens ${tokens}${times}: ${text}`
}

/** In a sentence, where one text is the other with something in front or behind. */
function describeTexts(before: string, now: string): string | undefined {
  if (before === now) return `the same text, ${before}`
  const [old, text] = [toText(before), toText(now)]
  if (old === undefined || text === undefined) return undefined
  const rest = (long: string, short: string): string => JSON.stringify(long.slice(short.length))
  const head = (long: string, short: string): string =>
    JSON.stringify(long.slice(0, long.length - short.length))
  if (old.startsWith(text)) return `no longer trained at its end: ${rest(old, text)}`
  if (text.startsWith(old)) return `trained at its end besides: ${rest(text, old)}`
  if (old.endsWith(text)) return `no longer trained at its start: ${head(old, text)}`
  if (text.endsWith(old)) return `trained at its start besides: ${head(text, old)}`
  return undefined
}

/** Undefined for a text that is cut. */
function toText(quoted: string): string | undefined {
  try {
    const text: unknown = JSON.parse(quoted)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
