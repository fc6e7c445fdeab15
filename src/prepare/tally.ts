import type { Finding } from '../finding.ts'

/** Counts of what became of rows: of a chunk, a shard, or a whole run. Plain data, so that workers can send it. */
export interface Tally {
  /** Rows that were read, rejected ones among them. */
  rows: number
  rejected: number
  /** What the rows gave before anything was cut or dropped; an unrolled conversation gives one example for each answer. */
  examples: number
  /** Conversations of which one rendering doesn't show all answers as the model saw them. */
  unrolledRows: number
  /** Tokens of the examples, and those of them that are trained. */
  tokens: number
  trainedTokens: number
  /** What is kept of them, in this many rows. */
  keptRows: number
  keptTokens: number
  keptTrainedTokens: number
  readonly truncation: TruncationTally
  /** Examples that have no trained token, and of what was cut the pieces that are left with none: dropped. */
  droppedUntrained: number
  /** Lengths of the examples, in tokens, before anything was cut. */
  readonly lengths: Map<number, number>
  /** Lengths of the rows that are kept. */
  readonly keptLengths: Map<number, number>
  readonly roles: Map<string, TokenTally>
  readonly formats: Map<string, number>
  /** By the error's code: how many rows, and the first one's line. */
  readonly rejections: Map<string, RejectionTally>
  readonly findings: Map<string, FindingTally>
  /** Whether a template asked for the date. */
  usesClock: boolean
}

export interface TokenTally {
  tokens: number
  trained: number
}

export interface TruncationTally {
  /** Examples that were longer than allowed. */
  tooLong: number
  /** Of those: cut, split into several, dropped. */
  cut: number
  split: number
  dropped: number
  /** Answers of which a part is lost, and answers that are lost whole. */
  answersCut: number
  answersLost: number
  tokensLost: number
  trainedTokensLost: number
}

export interface RejectionTally {
  count: number
  readonly first: string
}

export interface FindingTally {
  count: number
  readonly severity: Finding['severity']
  /** The row in which it was found first, and what was found there. */
  readonly where: string
  readonly text: string
}

/** The counts of no rows. */
export function emptyTally(): Tally {
  return {
    rows: 0,
    rejected: 0,
    examples: 0,
    unrolledRows: 0,
    tokens: 0,
    trainedTokens: 0,
    keptRows: 0,
    keptTokens: 0,
    keptTrainedTokens: 0,
    truncation: {
      tooLong: 0,
      cut: 0,
      split: 0,
      dropped: 0,
      answersCut: 0,
      answersLost: 0,
      tokensLost: 0,
      trainedTokensLost: 0,
    },
    droppedUntrained: 0,
    lengths: new Map(),
    keptLengths: new Map(),
    roles: new Map(),
    formats: new Map(),
    rejections: new Map(),
    findings: new Map(),
    usesClock: false,
  }
}

/** Adds `from`, whose rows come later, to `into`. */
export function addTally(into: Tally, from: Tally): void {
  for (const count of COUNTS) into[count] += from[count]
  addTruncation(into, from.truncation)
  for (const [length, count] of from.lengths) addCount(into.lengths, length, count)
  for (const [length, count] of from.keptLengths) addCount(into.keptLengths, length, count)
  for (const [format, count] of from.formats) addCount(into.formats, format, count)
  for (const [role, { tokens, trained }] of from.roles) addTokens(into.roles, role, tokens, trained)
  for (const [code, rejection] of from.rejections) merge(into.rejections, code, rejection)
  for (const [rule, finding] of from.findings) mergeFinding(into.findings, rule, finding)
  into.usesClock ||= from.usesClock
}

export function addTruncation({ truncation }: Tally, from: TruncationTally): void {
  for (const count of Object.keys(truncation) as (keyof TruncationTally)[]) truncation[count] += from[count]
}

const COUNTS = [
  'rows',
  'rejected',
  'examples',
  'unrolledRows',
  'tokens',
  'trainedTokens',
  'keptRows',
  'keptTokens',
  'keptTrainedTokens',
  'droppedUntrained',
] as const

/** Adds to the count of a key, which starts at 0. */
export function addCount<Key>(counts: Map<Key, number>, key: Key, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

/** Adds tokens of a role, and how many of them are trained. */
export function addTokens(
  roles: Map<string, TokenTally>,
  role: string,
  tokens: number,
  trained: number,
): void {
  const tally = roles.get(role)
  if (tally === undefined) roles.set(role, { tokens, trained })
  else {
    tally.tokens += tokens
    tally.trained += trained
  }
}

/** Of what is the same the first speaks for all. */
export function merge<Entry extends { count: number }>(
  entries: Map<string, Entry>,
  key: string,
  entry: Entry,
): void {
  const known = entries.get(key)
  if (known === undefined) entries.set(key, { ...entry })
  else known.count += entry.count
}

/** Of findings of one rule the first of the worst speaks for all. */
export function mergeFinding(entries: Tally['findings'], rule: string, finding: FindingTally): void {
  const known = entries.get(rule)
  if (known !== undefined && SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(known.severity))
    entries.set(rule, { ...finding, count: known.count + finding.count })
  else merge(entries, rule, finding)
}

const SEVERITIES: readonly Finding['severity'][] = ['info', 'warn', 'error']

/** A tally as JSON holds it: its maps are lists of pairs. */
export function tallyToJson(tally: Tally): unknown {
  return Object.fromEntries(
    Object.entries(tally).map(([key, value]) => [key, value instanceof Map ? [...value] : value]),
  )
}

/** The reverse of {@link tallyToJson}. */
export function tallyFromJson(json: unknown): Tally {
  const tally: Record<string, unknown> = { ...emptyTally() }
  for (const [key, value] of Object.entries(json as Record<string, unknown>))
    tally[key] = tally[key] instanceof Map ? new Map(value as [unknown, unknown][]) : value
  return tally as unknown as Tally
}
