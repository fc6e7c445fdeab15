import type { Finding, Masked } from '../mask/index.ts'

/** A place in a text with some of what stands round it, none longer than is good to read. */
export interface Excerpt {
  readonly before: string
  readonly marked: string
  readonly after: string
}

const AROUND = 36
const MARKED = 60

/** The text that a finding is about; undefined for one that has no place in it. */
export function toExcerpt(finding: Finding, masked: Masked | undefined): Excerpt | undefined {
  if (masked === undefined) return undefined
  const { encoded, rendered } = masked
  const startChar =
    finding.startChar ?? (finding.token === undefined ? undefined : encoded.starts[finding.token])
  const endChar = finding.endChar ?? (finding.token === undefined ? undefined : encoded.ends[finding.token])
  if (startChar === undefined || endChar === undefined) return undefined
  const { text } = rendered
  const marked = text.slice(startChar, endChar)
  return {
    before: `${startChar > AROUND ? '…' : ''}${text.slice(Math.max(0, startChar - AROUND), startChar)}`,
    marked: marked.length > MARKED ? `${marked.slice(0, MARKED - 1)}…` : marked,
    after: `${text.slice(endChar, endChar + AROUND)}${endChar + AROUND < text.length ? '…' : ''}`,
  }
}
