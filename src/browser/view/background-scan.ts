import { describeError } from '../../error.ts'
import { type Book, MAX_OVERRUNS, Scan } from '../../view/index.ts'
import type { FromWorker } from './messages.ts'
import { makeTimer, nextTurn } from './turns.ts'

/** Milliseconds between two reports. */
const REPORT_MS = 120

/** Looks at all rows of a book, a slice at a time, so that questions are answered meanwhile. */
export class BackgroundScan {
  readonly #say: (message: FromWorker) => void
  readonly #isAwaited: () => boolean
  #scan: Scan | undefined
  #isRunning = false
  /** The scan of which the page was told that it has ended. */
  #told: Scan | undefined

  /** @param isAwaited whether somebody waits for something else: that comes first */
  constructor(say: (message: FromWorker) => void, isAwaited: () => boolean) {
    this.#say = say
    this.#isAwaited = isAwaited
  }

  /** From the first row on, as the book has them now; an earlier scan ends. */
  async begin(book: Book): Promise<void> {
    this.#scan = new Scan(book)
    await this.goOn()
  }

  /** There may be more rows. */
  async goOn(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      for (let scan = this.#scan; scan !== undefined && !scan.isAtEnd; scan = this.#scan)
        await this.#report(scan)
      this.#tellWhereGivenUp()
    } finally {
      this.#isRunning = false
    }
  }

  #tellWhereGivenUp(): void {
    const { givenUp, isRestLeft } = this.#scan ?? {}
    if (givenUp === undefined || isRestLeft !== true || this.#told === this.#scan) return
    this.#told = this.#scan
    const rest = `So it was in ${MAX_OVERRUNS} rows one after the other: of the others those that are chosen are looked at.`
    this.#say({ kind: 'gave-up', text: `${describeError(givenUp)} ${rest}` })
  }

  /** What is seen of the rows until the next report is due. */
  async #report(scan: Scan): Promise<void> {
    const parts = [scan.next(makeTimer())]
    const end = performance.now() + REPORT_MS
    while (this.#scan === scan && !scan.isAtEnd && performance.now() < end) {
      await this.#letOthers()
      if (this.#scan === scan) parts.push(scan.next(makeTimer()))
    }
    if (this.#scan !== scan) return
    for (const part of parts) this.#say({ kind: 'scanned', part, budget: scan.budget })
    await this.#letOthers()
  }

  async #letOthers(): Promise<void> {
    do await nextTurn()
    while (this.#isAwaited())
  }
}
