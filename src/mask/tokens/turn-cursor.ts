import type { Turn } from '../../template/index.ts'

/** Goes forward over the turns: in whose turn a token starts. */
export class TurnCursor {
  /** -1 outside of turns. */
  message = -1
  /** Where the turn ends, or outside of turns the next one starts. Tokens that start before it are in the same. */
  sameUntil = 0
  readonly #textLength: number
  readonly #turns: readonly Turn[]
  #at = 0

  constructor(turns: readonly Turn[], textLength: number) {
    this.#turns = turns
    this.#textLength = textLength
  }

  /** Moves to a token that starts no earlier than the one before. UTF-16 units. */
  moveTo(startChar: number): void {
    const turns = this.#turns
    while (this.#at < turns.length && turns[this.#at]!.endChar <= startChar) this.#at++
    const turn = turns[this.#at]
    const isInside = turn !== undefined && turn.startChar <= startChar
    this.message = isInside ? turn.message : -1
    this.sameUntil = (isInside ? turn.endChar : turn?.startChar) ?? this.#textLength
  }
}
