import { BITS, type Budget, type ScanPart, toBit } from './scan.ts'

/** Which rows of the list are wanted; what is undefined asks for nothing. */
export interface RowFilter {
  readonly role?: string
  readonly source?: string
  readonly finding?: string
  /** At least so many messages. */
  readonly minMessages?: number
  /** Tokens, `[min, end)`. */
  readonly minTokens?: number
  readonly endTokens?: number
  /** Share of the tokens that is trained, 0 to 1, both included. */
  readonly minShare?: number
  readonly maxShare?: number
  /** Whether the two sides of a comparison differ. */
  readonly differs?: boolean
  readonly failed?: boolean
  /** Rows in which a text was found. */
  readonly found?: ReadonlySet<number>
}

/** What the list says of a row. */
export interface RowCounts {
  readonly tokens: number
  readonly trained: number
  /** Tokens that the two sides do not agree on. */
  readonly different: number
  readonly isFailed: boolean
  readonly hasFindings: boolean
}

/** What a scan has told so far, by row. */
export class RowColumns {
  #tokens = new Uint32Array(1024)
  #trained = new Uint32Array(1024)
  #messages = new Uint32Array(1024)
  #roles = new Uint32Array(1024)
  #sources = new Uint32Array(1024)
  #findings = new Uint32Array(1024)
  #moreFindings = new Uint32Array(1024)
  #different = new Uint32Array(1024)
  #failed = new Uint32Array(1024)
  #count = 0

  /** Rows that are known. */
  get count(): number {
    return this.#count
  }

  /** Takes what a scan tells; a part that begins at row 0 begins anew. */
  add(part: ScanPart): void {
    const end = part.startRow + part.rowCount
    if (end > this.#tokens.length) this.#grow(Math.max(end, 2 * this.#tokens.length))
    this.#tokens.set(part.tokens, part.startRow)
    this.#trained.set(part.trained, part.startRow)
    this.#messages.set(part.messages, part.startRow)
    this.#roles.set(part.roles, part.startRow)
    this.#sources.set(part.sources, part.startRow)
    this.#findings.set(part.findings, part.startRow)
    this.#moreFindings.set(part.moreFindings, part.startRow)
    this.#different.set(part.different, part.startRow)
    this.#failed.set(part.failed, part.startRow)
    this.#count = end
  }

  /** Undefined for a row that is not known yet. */
  counts(row: number): RowCounts | undefined {
    if (row >= this.#count) return undefined
    return {
      tokens: this.#tokens[row]!,
      trained: this.#trained[row]!,
      different: this.#different[row]!,
      isFailed: this.#failed[row] === 1,
      hasFindings: this.#findings[row] !== 0 || this.#moreFindings[row] !== 0,
    }
  }

  /**
   * The rows that fit, in order. Rows that are not known yet fit only where nothing is asked of what is known.
   *
   * @param rowCount rows of the file
   */
  filter(filter: RowFilter, budget: Budget | undefined, rowCount: number): Uint32Array {
    const { found, ...known } = filter
    const asksKnown = Object.values(known).some(value => value !== undefined)
    const end = asksKnown ? this.#count : rowCount
    const rows = new Uint32Array(end)
    const fits = asksKnown ? this.#test(filter, budget) : () => true
    let count = 0
    for (let row = 0; row < end; row++) {
      if ((found === undefined || found.has(row)) && fits(row)) rows[count++] = row
    }
    return rows.subarray(0, count)
  }

  #test(filter: RowFilter, budget: Budget | undefined): (row: number) => boolean {
    const { minMessages = 0, minTokens = 0, endTokens = Number.POSITIVE_INFINITY } = filter
    const { minShare = 0, maxShare = 1, failed, differs } = filter
    const role = bitOf(budget?.roles, filter.role)
    const source = bitOf(budget?.sources, filter.source)
    const [findings, finding] = this.#findingBit(budget, filter.finding)
    return row => {
      const tokens = this.#tokens[row]!
      const share = tokens === 0 ? 0 : this.#trained[row]! / tokens
      const isFailed = this.#failed[row] === 1
      if (failed !== undefined) return isFailed === failed
      return (
        !isFailed &&
        (differs === undefined || this.#different[row]! > 0 === differs) &&
        (role === undefined || (this.#roles[row]! & role) !== 0) &&
        (source === undefined || (this.#sources[row]! & source) !== 0) &&
        (finding === undefined || (findings[row]! & finding) !== 0) &&
        this.#messages[row]! >= minMessages &&
        tokens >= minTokens &&
        tokens < endTokens &&
        share >= minShare &&
        share <= maxShare
      )
    }
  }

  /** The column that a finding's bit is in, and the bit. */
  #findingBit(budget: Budget | undefined, name: string | undefined): [Uint32Array, number | undefined] {
    const place = budget?.findings.findIndex(line => line.name === name) ?? -1
    if (place < BITS) return [this.#findings, bitOf(budget?.findings, name)]
    return [this.#moreFindings, toBit(place - BITS)]
  }

  #grow(length: number): void {
    const grown = (column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const longer = new Uint32Array(length)
      longer.set(column)
      return longer
    }
    this.#tokens = grown(this.#tokens)
    this.#trained = grown(this.#trained)
    this.#messages = grown(this.#messages)
    this.#roles = grown(this.#roles)
    this.#sources = grown(this.#sources)
    this.#findings = grown(this.#findings)
    this.#moreFindings = grown(this.#moreFindings)
    this.#different = grown(this.#different)
    this.#failed = grown(this.#failed)
  }
}

/** The bit of a name; 0, which fits no row, where the name was not met. */
function bitOf(
  lines: readonly { readonly name: string }[] | undefined,
  name: string | undefined,
): number | undefined {
  if (name === undefined) return undefined
  const at = lines?.findIndex(line => line.name === name) ?? -1
  return at === -1 ? 0 : toBit(at)
}
