import { LosslineError } from '../error.ts'
import type { Finding } from '../finding.ts'
import { type Masked, TokenCounter, type TokenTally } from '../mask/index.ts'
import type { Book } from './book.ts'
import { isOverrun } from './look.ts'

/** What became of each row of a stretch: one entry a row, names as bits. */
export interface ScanPart {
  readonly startRow: number
  readonly rowCount: number
  readonly tokens: ArrayLike<number>
  readonly trained: ArrayLike<number>
  /** Messages that a row has. */
  readonly messages: ArrayLike<number>
  /** Bit b: `Budget.roles[b]`, `Budget.sources[b]`, `Budget.findings[b]`. */
  readonly roles: ArrayLike<number>
  readonly sources: ArrayLike<number>
  readonly findings: ArrayLike<number>
  /** Bit b: `Budget.findings[BITS + b]`. */
  readonly moreFindings: ArrayLike<number>
  /** Tokens that the two sides do not agree on. */
  readonly different: ArrayLike<number>
  /** 1 for rows that can't be masked. */
  readonly failed: ArrayLike<number>
}

export interface BudgetLine {
  readonly name: string
  readonly tokens: number
  readonly trained: number
  readonly rows: number
}

/** Where the tokens of the rows looked at so far lie, and where the loss is. */
export interface Budget {
  readonly rows: number
  readonly failed: number
  readonly tokens: number
  readonly trained: number
  /** Tokens that the two sides of a comparison do not agree on, and the rows that they are in. */
  readonly different: { readonly tokens: number; readonly rows: number }
  /** In the order in which they were met: bits refer to it. */
  readonly roles: readonly BudgetLine[]
  readonly sources: readonly BudgetLine[]
  readonly findings: readonly BudgetLine[]
  /** By the message's place in its row; the last line is all that follow. */
  readonly turns: readonly BudgetLine[]
  /** By the tokens of a row: from 2^l up to 2^(l+1). */
  readonly lengths: readonly BudgetLine[]
}

/** Names that a column of bits has place for; where there are more, all others share the last. */
export const BITS = 31

/** @param place of a name, in the order in which names were met */
export function toBit(place: number): number {
  return 1 << Math.min(BITS - 1, place)
}

/** Messages that have a line of their own. */
const TURNS = 24

/** Rows one after the other that a template may do too much in: each takes seconds to see it, and there may be a million. */
export const MAX_OVERRUNS = 3

/** Masks row after row, and adds up. */
export class Scan {
  readonly #book: Book
  readonly #total: TokenTally = { tokens: 0, trained: 0 }
  readonly #roles = new Lines()
  readonly #sources = new Lines()
  readonly #findings = new Lines()
  readonly #turns = new Lines()
  readonly #lengths = new Map<number, { tokens: number; trained: number; rows: number }>()
  #row = 0
  #failed = 0
  #overruns = 0
  #lastOverrun: LosslineError | undefined
  readonly #different = { tokens: 0, rows: 0 }

  constructor(book: Book) {
    this.#book = book
  }

  /** Rows that are looked at already. */
  get row(): number {
    return this.#row
  }

  /** Whether no more rows are to be had, for now or at all. */
  get isAtEnd(): boolean {
    return !this.isRestLeft || this.givenUp !== undefined
  }

  /** Whether there are rows that were not looked at. */
  get isRestLeft(): boolean {
    return this.#row < this.#book.rowCount
  }

  /** What ended rendering in so many rows one after the other that it would in all: the scan ends with it. */
  get givenUp(): LosslineError | undefined {
    return this.#overruns < MAX_OVERRUNS ? undefined : this.#lastOverrun
  }

  /** The next rows, until there are no more or `isTime` says so. */
  next(isTime: () => boolean): ScanPart {
    const startRow = this.#row
    const part = {
      tokens: [],
      trained: [],
      messages: [],
      roles: [],
      sources: [],
      findings: [],
      moreFindings: [],
      different: [],
      failed: [],
    }
    while (!this.isAtEnd && !isTime()) this.#look(this.#row++, part)
    return { startRow, rowCount: this.#row - startRow, ...part }
  }

  /** Of the rows that are looked at already. */
  get budget(): Budget {
    return {
      rows: this.#row,
      failed: this.#failed,
      ...this.#total,
      different: { ...this.#different },
      roles: this.#roles.list(),
      sources: this.#sources.list(),
      findings: this.#findings.list(),
      turns: this.#turns.list(),
      lengths: [...this.#lengths]
        .sort(([a], [b]) => a - b)
        .map(([l, line]) => ({ name: `${2 ** l}–${2 ** (l + 1) - 1}`, ...line })),
    }
  }

  #look(row: number, part: { readonly [Name in RowColumn]: number[] }): void {
    let tokens = 0
    let trained = 0
    let messages = 0
    let different = 0
    const bits = { roles: 0, sources: 0, findings: 0, moreFindings: 0 }
    let failed = 0
    try {
      const { examples, findings, overrun, ...compared } = this.#book.mask(row)
      different = compared.different
      const counter = new TokenCounter()
      for (const masked of examples) {
        counter.add(masked)
        this.#addTurns(masked)
      }
      ;({ tokens, trained } = counter.total)
      messages = examples.reduce((most, { roles }) => Math.max(most, roles.length), 0)
      for (const [name, tally] of counter.roles) bits.roles |= toBit(this.#roles.add(name, tally))
      for (const [name, tally] of counter.sources) bits.sources |= toBit(this.#sources.add(name, tally))
      this.#addFindings(findings, { tokens, trained }, bits)
      this.#addLength({ tokens, trained })
      this.#noteOverrun(overrun)
    } catch (error) {
      if (!(error instanceof LosslineError)) throw error
      this.#noteOverrun(isOverrun(error) ? error : undefined)
      failed = 1
      this.#failed++
    }
    this.#total.tokens += tokens
    this.#total.trained += trained
    this.#different.tokens += different
    if (different > 0) this.#different.rows++
    for (const [name, value] of Object.entries({ tokens, trained, messages, ...bits, different, failed }))
      part[name as RowColumn].push(value)
  }

  #noteOverrun(error: LosslineError | undefined): void {
    this.#overruns = error === undefined ? 0 : this.#overruns + 1
    this.#lastOverrun = error
  }

  #addTurns({ runs, roles, turn }: Masked): void {
    if (roles.length === 0) return
    const tallies = new Map<number, TokenTally>()
    for (const { message, startToken, endToken, weight } of runs) {
      if (message === -1) continue
      const place = Math.min(message, TURNS)
      const tally = tallies.get(place) ?? { tokens: 0, trained: 0 }
      tallies.set(place, tally)
      tally.tokens += endToken - startToken
      if (weight !== 0) tally.trained += endToken - startToken
    }
    for (const [place, tally] of tallies) {
      const name = place === TURNS ? `${TURNS} and on` : String(place)
      this.#turns.add(name, tally, turn === undefined || turn === place)
    }
  }

  #addFindings(
    findings: readonly Finding[],
    tally: TokenTally,
    bits: { findings: number; moreFindings: number },
  ): void {
    for (const rule of new Set(findings.map(({ rule }) => rule))) {
      const place = this.#findings.add(rule, tally)
      if (place < BITS) bits.findings |= toBit(place)
      else bits.moreFindings |= toBit(place - BITS)
    }
  }

  #addLength({ tokens, trained }: TokenTally): void {
    const l = Math.floor(Math.log2(Math.max(1, tokens)))
    const line = this.#lengths.get(l) ?? { tokens: 0, trained: 0, rows: 0 }
    this.#lengths.set(l, line)
    line.rows++
    line.tokens += tokens
    line.trained += trained
  }
}

type RowColumn = Exclude<keyof ScanPart, 'startRow' | 'rowCount'>

/** Tallies by name. */
class Lines {
  readonly #lines = new Map<string, { tokens: number; trained: number; rows: number; place: number }>()

  /** @returns the name's place in the list */
  add(name: string, { tokens, trained }: TokenTally, isNewRow = true): number {
    let line = this.#lines.get(name)
    if (line === undefined) {
      line = { tokens: 0, trained: 0, rows: 0, place: this.#lines.size }
      this.#lines.set(name, line)
    }
    line.tokens += tokens
    line.trained += trained
    if (isNewRow) line.rows++
    return line.place
  }

  list(): BudgetLine[] {
    return [...this.#lines].map(([name, { tokens, trained, rows }]) => ({ name, tokens, trained, rows }))
  }
}
