import type { Finding, Masked } from '../mask/index.ts'
import type { Looked } from './look.ts'
import type { TokenPlace } from './row-detail.ts'

/** What a rule says in the same words of one side of a row, how often, and where first. */
export interface Found {
  readonly rule: string
  readonly severity: Finding['severity']
  /** Undefined: what it says in further words, each of few places. */
  readonly text: string | undefined
  /** Undefined where there is one side alone, and of what is about the row. */
  readonly side: 0 | 1 | undefined
  readonly count: number
  readonly places: readonly TokenPlace[]
}

/** Places of each that a page gets. */
const PLACES = 20
/** Of a rule: texts that are told apart, so that one does not hide the others. */
const TEXTS = 10

/** All that was found in a row, of all its examples: the page counts nothing itself. */
export function gatherFindings({ masks, findings, other }: Looked): Found[] {
  const gathered = new Gathered()
  gathered.add(findings, undefined, () => undefined)
  const isTwo = other !== undefined || masks.some(({ length }) => length > 1)
  for (const [e, sides] of masks.entries()) {
    for (const [s, { masked, findings: ofMask }] of sides.entries()) {
      const side = isTwo ? (s as 0 | 1) : undefined
      gathered.add(ofMask, side, finding => toPlace(finding, masked, { example: e, side: 0 }))
    }
  }
  for (const [e, { masked, findings: ofMask }] of (other?.examples ?? []).entries())
    gathered.add(ofMask, 1, finding => toPlace(finding, masked, { example: e, side: 1 }))
  return gathered.list()
}

class Gathered {
  /** By side and rule, by text. */
  readonly #found = new Map<
    string,
    Map<string | undefined, Found & { count: number; places: TokenPlace[] }>
  >()

  add(
    findings: readonly Finding[],
    side: Found['side'],
    place: (finding: Finding) => TokenPlace | undefined,
  ): void {
    for (const finding of findings) {
      const { rule, severity } = finding
      const key = `${side} ${rule}`
      const texts = this.#found.get(key) ?? new Map()
      this.#found.set(key, texts)
      const isTold = texts.size < TEXTS || texts.has(finding.text)
      const text = isTold ? finding.text : undefined
      const one = texts.get(text) ?? { rule, severity, text, side, count: 0, places: [] }
      texts.set(text, one)
      one.count++
      const at = one.places.length < PLACES ? place(finding) : undefined
      if (at !== undefined) one.places.push(at)
    }
  }

  list(): Found[] {
    return [...this.#found.values()].flatMap(texts => [...texts.values()])
  }
}

function toPlace(
  { token, startChar }: Finding,
  { encoded: { ends } }: Masked,
  at: Omit<TokenPlace, 'token'>,
): TokenPlace | undefined {
  if (token !== undefined) return { ...at, token }
  if (startChar === undefined || ends.length === 0) return undefined
  const found = ends.findIndex(end => end > startChar)
  return { ...at, token: found === -1 ? ends.length - 1 : found }
}
