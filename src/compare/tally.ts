import type { ComparedRow, Difference } from './compare-row.ts'
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

/** Examples kept of each kind. */
const KEPT = 3

/** What a tool trains over all rows. */
export class CompareTally {
  rows = 0
  /** Rows in which there is an answer. */
  answeredRows = 0
  differentRows = 0
  answers = 0
  found = 0
  whole = 0
  tokens = 0
  answerTokens = 0
  trainedAnswerTokens = 0
  otherTokens = 0
  /** Rows with a finding about the tool's rule, by the finding's rule, with the first one's words. */
  readonly findings: Map<string, { rows: number; readonly text: string; readonly where: string }> = new Map()
  readonly #kinds = new Map<DifferenceKind, Mutable<KindTally>>()

  add(row: ComparedRow, where: string): void {
    this.rows++
    if (row.answers > 0) this.answeredRows++
    if (row.differences.length > 0) this.differentRows++
    for (const count of COUNTS) this[count] += row[count]
    for (const kind of new Set(row.differences.map(({ kind }) => kind))) this.#kind(kind).rows++
    for (const difference of row.differences) {
      const tally = this.#kind(difference.kind)
      tally.places++
      tally.tokens += difference.endToken - difference.startToken
      if (tally.examples.length < KEPT) tally.examples.push({ where, difference })
    }
    const told = new Map(row.findings.filter(({ severity }) => severity !== 'info').map(f => [f.rule, f]))
    for (const [rule, { text }] of told) {
      const finding = this.findings.get(rule) ?? { rows: 0, text, where }
      finding.rows++
      this.findings.set(rule, finding)
    }
  }

  /** Kinds that there are, worst first. */
  get kinds(): KindTally[] {
    return KIND_NAMES.flatMap(kind => this.#kinds.get(kind) ?? [])
  }

  #kind(kind: DifferenceKind): Mutable<KindTally> {
    const tally = this.#kinds.get(kind) ?? { kind, tokens: 0, places: 0, rows: 0, examples: [] }
    this.#kinds.set(kind, tally)
    return tally
  }
}

type Mutable<T extends KindTally> = { -readonly [Key in keyof T]: T[Key] } & {
  readonly examples: DifferenceExample[]
}

const KIND_NAMES = Object.keys(KINDS) as DifferenceKind[]

const COUNTS = [
  'answers',
  'found',
  'whole',
  'tokens',
  'answerTokens',
  'trainedAnswerTokens',
  'otherTokens',
] as const

/** The counts with stable names, for programs. */
export function toCompareTallyJson(tally: CompareTally): object {
  return {
    rows: tally.rows,
    different_rows: tally.differentRows,
    answers: tally.answers,
    answers_trained: tally.found,
    answers_trained_whole: tally.whole,
    tokens: tally.tokens,
    answer_tokens: tally.answerTokens,
    answer_tokens_trained: tally.trainedAnswerTokens,
    other_tokens_trained: tally.otherTokens,
    kinds: tally.kinds.map(({ kind, tokens, places, rows, examples }) => ({
      kind,
      tokens,
      places,
      rows,
      examples: examples.map(({ where, difference }) => ({ where, ...toDifferenceJson(difference) })),
    })),
    findings: [...tally.findings].map(([rule, finding]) => ({ rule, ...finding })),
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
