import type { Span } from './syntax/ast.ts'
import { limitFault } from './template-error.ts'
import type { RootSink, Sink } from './trace/sink.ts'
import { EMPTY, type Str } from './values/str.ts'
import type { Value } from './values/value.ts'

/** How much a template may do before it is stopped. */
export interface RenderLimits {
  /** Iterations, calls and items looked at; about ten million a second. By default 20 million. */
  readonly maxSteps: number
  /** UTF-16 units of any one string, the rendered text included. By default 2^28, half of what JavaScript can hold. */
  readonly maxLength: number
}

export const DEFAULT_LIMITS: RenderLimits = { maxSteps: 20_000_000, maxLength: 2 ** 28 }

/** How deep macros and recursive loops may call one another; Python stops a little earlier. */
const MAX_CALLS = 400
/** Copying this many characters counts as one step. */
const CHARS_PER_STEP = 64

/** What one rendering has at hand, and how far it has come. */
export class Runtime {
  readonly root: RootSink
  /** Where output goes now: the root, or the buffer of a macro or block. */
  out: Sink
  /** The part of the template that is at work, for errors. */
  at: Span = { start: 0, end: 0 }
  readonly #variables: (name: string, runtime: Runtime) => Value | undefined
  /** What a block has just written, on its way through the block's filters. */
  captured: Str = EMPTY
  /** Variables that are set at the template's top, for blocks. */
  readonly exported: Map<string, Value> = new Map()
  readonly messages: readonly unknown[]
  /** The message whose turn is being written; undefined outside of turns. */
  turn: number | undefined
  #lastMessage = -1
  #messageIndex: Map<unknown, number> | undefined
  readonly now: Date
  usesClock = false
  readonly marks: { startChar: number; endChar: number }[] = []
  readonly limits: RenderLimits
  #stepsLeft: number
  #calls = 0

  constructor(options: {
    root: RootSink
    variables: (name: string, runtime: Runtime) => Value | undefined
    messages: readonly unknown[]
    now: Date
    limits: RenderLimits
  }) {
    this.root = options.root
    this.out = options.root
    this.#variables = options.variables
    this.messages = options.messages
    this.now = options.now
    this.limits = options.limits
    this.#stepsLeft = options.limits.maxSteps
  }

  /** A variable that the template was given, or a global; undefined where there is none. */
  resolve(name: string): Value | undefined {
    const exported = this.exported.get(name)
    return exported === undefined ? this.#variables(name, this) : exported
  }

  step(): void {
    if (--this.#stepsLeft < 0) this.#stop()
  }

  /** Counts work on many items at once. */
  charge(items: number): void {
    this.#stepsLeft -= items
    if (this.#stepsLeft < 0) this.#stop()
  }

  /** Counts the making of a string, before it is made. */
  chargeText(length: number): void {
    if (length > this.limits.maxLength) {
      throw limitFault(`a string would be longer than ${this.limits.maxLength} characters`)
    }
    this.charge(length / CHARS_PER_STEP)
  }

  #stop(): never {
    throw limitFault(`the template does not end within ${this.limits.maxSteps} steps`)
  }

  /** Runs a macro's body, or another function of the template. */
  enter<T>(body: () => T): T {
    this.step()
    if (++this.#calls > MAX_CALLS) throw limitFault(`macros call one another more than ${MAX_CALLS} deep`)
    try {
      return body()
    } finally {
      this.#calls--
    }
  }

  /** The index of a message of the conversation, told by identity; undefined for all else. */
  messageOf(item: unknown): number | undefined {
    if (typeof item !== 'object' || item === null) return undefined
    // Loops go from the first message to the last, or from the last to the first: a neighbour is nearly always right.
    const { messages } = this
    const near = this.#lastMessage
    for (const m of [near + 1, near - 1, 0, messages.length - 1]) {
      if (messages[m] === item) {
        this.#lastMessage = m
        return m
      }
    }
    this.#messageIndex ??= new Map(this.messages.map((message, m) => [message, m]))
    const found = this.#messageIndex.get(item)
    if (found !== undefined) this.#lastMessage = found
    return found
  }
}

/** The variables of one call of a function of the template (the template itself, a macro, a recursive loop). */
export class Frame {
  readonly runtime: Runtime
  /** A variable that is not set is undefined. */
  readonly slots: (Value | undefined)[]
  /** The variables around it, as they were where the function was defined. */
  readonly parent: Frame | undefined

  constructor(runtime: Runtime, size: number, parent: Frame | undefined) {
    this.runtime = runtime
    this.slots = new Array(size).fill(undefined)
    this.parent = parent
  }
}
