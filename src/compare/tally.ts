import type { ComparedRow, Difference } from './compare-row.ts'
import { type AnswerCounts, addCounts, NO_ANSWERS } from './counts.ts'
import { type DifferenceKind, KINDS } from './kinds.ts'

/** A place where a tool's mask differs. */
export interface DifferenceExample {
  /** `chats.jsonl:812` */
  readonly where: string
  readonly difference: Difference
}

/** One way to differ, counted over all rows. */
export interface KindTally {
  readonly kind: DifferenceKind
  readonly tokens: number
  /** Stretches of such tokens. */
  readonly places: number
  readonly rows: number
  readonly examples: readonly DifferenceExample[]
}

/** What a tool trains over all rows. Plain data, so that threads can send it. */
export interface CompareTally extends AnswerCounts {
  /** Rows that were compared, with those that the tool refuses. */
  rows: number
  /** Rows in which there is an answer. */
  answeredRows: number
  differentRows: number
  /** By kind. */
  readonly kinds: Map<DifferenceKind, MutableKindTally>
  /** Rows with a finding about the tool's rule, by the finding's rule, with the first one's words. */
  readonly findings: Map<string, CountedText>
  /** Rows that the tool would stop at, by the error's code; they are in no other count but `rows`. */
  readonly refusals: Map<string, CountedText>
}

/** Rows that something is said of, with the first one's words and place. */
export interface CountedText {
  rows: number
  readonly text: string
  readonly where: string
}

type MutableKindTally = { -readonly [Key in keyof KindTally]: KindTally[Key] } & {
  readonly examples: DifferenceExample[]
}

/** Examples kept of each kind. */
const KEPT = 3

/** Of no rows yet. */
export function emptyCompareTally(): CompareTally {
  return {
    rows: 0,
    answeredRows: 0,
    differentRows: 0,
    ...NO_ANSWERS,
    kinds: new Map(),
    findings: new Map(),
    refusals: new Map(),
  }
}

/** Counts a row that was compared. */
export function addComparedRow(tally: CompareTally, row: ComparedRow, where: string): void {
  tally.rows++
  if (row.refusal !== undefined) {
    countText(tally.refusals, row.refusal.code, { text: row.refusal.text, where, rows: 1 })
    return
  }
  if (row.answers > 0) tally.answeredRows++
  if (row.differences.length > 0) tally.differentRows++
  addCounts(tally, row)
  for (const kind of new Set(row.differences.map(({ kind }) => kind))) kindOf(tally, kind).rows++
  for (const difference of row.differences) {
    const kind = kindOf(tally, difference.kind)
    kind.places++
    kind.tokens += difference.endToken - difference.startToken
    if (kind.examples.length < KEPT) kind.examples.push({ where, difference })
  }
  const told = new Map(row.findings.filter(({ severity }) => severity !== 'info').map(f => [f.rule, f]))
  for (const [rule, { text }] of told) countText(tally.findings, rule, { text, where, rows: 1 })
}

/** Adds `from`, whose rows come later, to `into`. */
export function addCompareTally(into: CompareTally, from: CompareTally): void {
  for (const count of ['rows', 'answeredRows', 'differentRows'] as const) into[count] += from[count]
  addCounts(into, from)
  for (const { kind, tokens, places, rows, examples } of from.kinds.values()) {
    const tally = kindOf(into, kind)
    tally.tokens += tokens
    tally.places += places
    tally.rows += rows
    tally.examples.push(...examples.slice(0, KEPT - tally.examples.length))
  }
  for (const [rule, finding] of from.findings) countText(into.findings, rule, finding)
  for (const [code, refusal] of from.refusals) countText(into.refusals, code, refusal)
}

/** Kinds that there are, worst first. */
export function listKinds({ kinds }: CompareTally): readonly KindTally[] {
  return KIND_NAMES.flatMap(kind => kinds.get(kind) ?? [])
}

/** Keys are rules and codes, of which there are few. */
function countText(texts: Map<string, CountedText>, key: string, { rows, text, where }: CountedText): void {
  const known = texts.get(key)
  if (known === undefined) texts.set(key, { rows, text, where })
  else known.rows += rows
}

/** Rows that the tool would stop at. */
export function countRefused({ refusals }: CompareTally): number {
  return [...refusals.values()].reduce((sum, { rows }) => sum + rows, 0)
}

function kindOf({ kinds }: CompareTally, kind: DifferenceKind): MutableKindTally {
  const tally = kinds.get(kind) ?? { kind, tokens: 0, places: 0, rows: 0, examples: [] }
  kinds.set(kind, tally)
  return tally
}

const KIND_NAMES = Object.keys(KINDS) as DifferenceKind[]

/** The counts with stable names, for programs. */
export function toCompareTallyJson(tally: CompareTally): object {
  return {
    rows: tally.rows,
    refused_rows: countRefused(tally),
    different_rows: tally.differentRows,
    answers: tally.answers,
    answers_trained: tally.found,
    answers_trained_whole: tally.whole,
    tokens: tally.tokens,
    answer_tokens: tally.answerTokens,
    answer_tokens_trained: tally.trainedAnswerTokens,
    other_tokens_trained: tally.otherTokens,
    kinds: listKinds(tally).map(({ kind, tokens, places, rows, examples }) => ({
      kind,
      tokens,
      places,
      rows,
      examples: examples.map(({ where, difference }) => ({ where, ...toDifferenceJson(difference) })),
    })),
    findings: [...tally.findings].map(([rule, finding]) => ({ rule, ...finding })),
    refusals: [...tally.refusals].map(([code, refusal]) => ({ code, ...refusal })),
  }
}

function toDifferenceJson({ message, startToken, endToken, startChar, endChar, text }: Difference): object {
  return {
    ...(message !== -1 && { message }),
    start_token: startToken,
    end_token: endToken,
    start_char: startChar,
    end_char: endChar,
    text,
  }
}
