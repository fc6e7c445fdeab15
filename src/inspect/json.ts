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

/** @param findings what was found about the row before it was masked; comes first */
export function toExampleJson(masked: Masked, row: number, findings: readonly Finding[] = []): ExampleJson {
  return {
    row,
    ...(masked.turn === undefined ? {} : { turn: masked.turn }),
    text: masked.rendered.text,
    input_ids: Array.from(masked.encoded.ids),
    labels: Array.from(masked.labels),
    weights: toShortNumbers(masked.weights),
    offsets: toOffsets(masked.encoded),
    messages: toMessages(masked.messages),
    sources: Array.from(masked.sources, source => SOURCES[source]!),
    reasons: Array.from(masked.reasons, reason => REASONS[reason]!),
    warnings: [...findings, ...masked.findings].map(toWarningJson),
  }
}

export function toOffsets({ starts, ends }: Masked['encoded']): (readonly [number, number])[] {
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
