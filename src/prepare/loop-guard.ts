import type { LosslineError } from '../error.ts'

/** Rows one after the other. */
const MAX_ROWS = 10

/** Ends the work where a template never ends: each row takes half a second to see that, and there may be millions. */
export class LoopGuard {
  #rows = 0

  /** A row could be rendered, or failed of its own. */
  pass(): void {
    this.#rows = 0
  }

  /** @throws the error itself, when it is what so many rows before have failed with */
  fail(error: LosslineError): void {
    if (error.code === 'template/limit') this.#rows++
    else this.#rows = 0
    if (this.#rows >= MAX_ROWS) throw error
  }
}
