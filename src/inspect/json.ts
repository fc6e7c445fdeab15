import { type Finding, type Masked, REASONS, SOURCES } from '../mask/index.ts'

/** One example as a line of JSON: keys are those of the field, in snake_case; arrays have one entry for each token. */
export interface ExampleJson {
  readonly row: number
  /** Of an unrolled conversation: the assistant message that this example trains. */
  readonly turn?: number
  readonly text: string
  readonly input_ids: readonly number[]
  readonly labels: readonly number[]
  readonly weights: readonly number[]
  /** [start, end) in `text`, UTF-16 units. */
  readonly offsets: readonly (readonly [number, number])[]
  /** Index of the message that a token belongs to. */
  readonly messages: readonly (number | null)[]
  readonly sources: readonly string[]
  readonly reasons: readonly string[]
  readonly warnings: readonly WarningJson[]
}

export interface WarningJson {
  readonly rule: string
  readonly severity: Finding['severity']
  readonly message: number | null
  readonly text: string
  /** The range of the example's text, UTF-16 units. */
  readonly start?: number
  readonly end?: number
  readonly token?: number
  readonly inference_ids?: readonly number[]
}

/** The columns of a line that have one entry for each token: those from token `start` up to `end`. */
const COLUMNS: {
  readonly [Name in TokenColumn]: (masked: Masked, start: number, end: number) => ExampleJson[Name]
} = {
  input_ids: ({ encoded }, start, end) => Array.from(encoded.ids.subarray(start, end)),
  labels: ({ labels }, start, end) => Array.from(labels.subarray(start, end)),
  weights: ({ weights }, start, end) => toShortNumbers(weights.subarray(start, end)),
  offsets: ({ encoded: { starts, ends } }, start, end) =>
    toOffsets({ starts: starts.subarray(start, end), ends: ends.subarray(start, end) }),
  messages: ({ messages }, start, end) => toMessages(messages.subarray(start, end)),
  sources: ({ sources }, start, end) => Array.from(sources.subarray(start, end), source => SOURCES[source]!),
  reasons: ({ reasons }, start, end) => Array.from(reasons.subarray(start, end), reason => REASONS[reason]!),
}
type TokenColumn = 'input_ids' | 'labels' | 'weights' | 'offsets' | 'messages' | 'sources' | 'reasons'
const COLUMN_NAMES = Object.keys(COLUMNS) as TokenColumn[]

/** @param findings what was found about the row before it was masked; comes first */
export function toExampleJson(masked: Masked, row: number, findings: readonly Finding[] = []): ExampleJson {
  const columns = COLUMN_NAMES.map(name => [name, COLUMNS[name](masked, 0, masked.labels.length)])
  return {
    ...toHead(masked, row),
    ...(Object.fromEntries(columns) as Pick<ExampleJson, TokenColumn>),
    warnings: [...findings, ...masked.findings].map(toWarningJson),
  }
}

/**
 * The same as a line of text, newline included, in parts: of a very long row no single string could hold it, and no list of small lists
 * should. Joined, the parts are what `JSON.stringify` gives.
 */
export function* toExampleParts(
  masked: Masked,
  row: number,
  findings: readonly Finding[] = [],
): Generator<string> {
  yield JSON.stringify(toHead(masked, row)).slice(0, -1)
  for (const name of COLUMN_NAMES) {
    yield `,"${name}":[`
    for (let start = 0; start < masked.labels.length; start += TOKENS_A_PART) {
      const end = Math.min(start + TOKENS_A_PART, masked.labels.length)
      const part = JSON.stringify(COLUMNS[name](masked, start, end)).slice(1, -1)
      yield start === 0 ? part : `,${part}`
    }
    yield ']'
  }
  yield `,"warnings":${JSON.stringify([...findings, ...masked.findings].map(toWarningJson))}}\n`
}

/** Few enough for a string, and many enough for speed. */
const TOKENS_A_PART = 65_536

function toHead(masked: Masked, row: number): Pick<ExampleJson, 'row' | 'turn' | 'text'> {
  const { turn, rendered } = masked
  return turn === undefined ? { row, text: rendered.text } : { row, turn, text: rendered.text }
}

export function toOffsets({
  starts,
  ends,
}: Pick<Masked['encoded'], 'starts' | 'ends'>): (readonly [number, number])[] {
  return Array.from(starts, (startChar, t) => [startChar, ends[t]!] as const)
}

export function toMessages(messages: Int32Array): (number | null)[] {
  return Array.from(messages, message => (message === -1 ? null : message))
}

/** 0.1 and not 0.10000000149: the shortest decimal that is the same 32-bit float. */
export function toShortNumbers(weights: Float32Array): number[] {
  return Array.from(weights, weight => {
    if (Number.isInteger(weight)) return weight
    for (let digits = 1; digits < 9; digits++) {
      const short = Number(weight.toPrecision(digits))
      if (Math.fround(short) === weight) return short
    }
    return weight
  })
}

/** A finding as `--json` has it: what is not known is null. */
export function toWarningJson(finding: Finding): WarningJson {
  return {
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message ?? null,
    text: finding.text,
    ...(finding.startChar === undefined ? {} : { start: finding.startChar }),
    ...(finding.endChar === undefined ? {} : { end: finding.endChar }),
    ...(finding.token === undefined ? {} : { token: finding.token }),
    ...(finding.inferenceIds === undefined ? {} : { inference_ids: finding.inferenceIds }),
  }
}
