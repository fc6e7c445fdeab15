import { findGlobal } from './globals.ts'
import { readItemTraced } from './operations/iterate.ts'
import type { Span } from './syntax/ast.ts'
import { limitFault } from './template-error.ts'
import type { RootSink, Sink } from './trace/sink.ts'
import { EMPTY, type Str } from './values/str.ts'
import type { Item, Value } from './values/value.ts'
import type { Variables } from './variables.ts'

/** How much a template may do before it is stopped. */
export interface RenderLimits {
  /** Iterations, calls and items looked at; about ten million a second. By default 20 million. */
  readonly maxSteps: number
  /** UTF-16 units of any one string, the rendered text included. By default 2^26. */
  readonly maxLength: number
  /** For whoever waits for one rendering, as a page does: what ends then depends on the machine. By default without end. */
  readonly maxSeconds: number
  /** Of several renderings that are waited for together, `maxSeconds` in all: when the last one ends, as `performance.now()` tells time. By default never. */
  readonly endMs: number
}

export const DEFAULT_LIMITS: RenderLimits = {
  maxSteps: 20_000_000,
  maxLength: 2 ** 26,
  maxSeconds: Number.POSITIVE_INFINITY,
  endMs: Number.POSITIVE_INFINITY,
}

/** Steps between two looks at the clock. */
const CLOCK_STEPS = 2 ** 14

/** How deep macros and recursive loops may call one another; Python stops a little earlier. */
const MAX_CALLS = 400
/** Copying this many characters counts as one step. */
const CHARS_PER_STEP = 64

/** Stands behind the number of any message; a small int, which V8 stores without a box. */
export const EVERY_MESSAGE: number = 2 ** 30 - 1

/** So many messages are looked through faster than put in a table. */
const FEW_MESSAGES = 32

/** What one rendering has at hand, and how far it has come. */
export class Runtime {
  readonly root: RootSink
  /** Where output goes now: the root, or the buffer of a macro or block. */
  out: Sink
  /** The part of the template that is at work, for errors. */
  at: Span = { start: 0, end: 0 }
  readonly variables: Variables
  /** The plain object of the data that a variable was last found to hold: the next question is nearly always about the same. */
  plain: { readonly [key: string]: Item } | undefined
  /** What a block has just written, on its way through the block's filters. */
  captured: Str = EMPTY
  /** Variables that are set at the template's top, for blocks. */
  #exported: Map<string, Value> | undefined
  readonly messages: readonly unknown[]
  /** The message whose turn is being written; undefined outside of turns. */
  turn: number | undefined
  #lastMessage = -1
  #messageIndex: Map<unknown, number> | undefined
  #now: Date | undefined
  usesClock = false
  readonly marks: { startChar: number; endChar: number }[] = []
  readonly limits: RenderLimits
  /**
   * Of a probed template, by message: the length of the text when the loop got to it, where nothing of it or later ones had been read by then.
   * What the messages before it alone are rendered to starts with so much of the text.
   */
  readonly historyEnds: number[] = []
  /** The highest message that was read otherwise than by the loop over the messages. The first one is always there in a history. */
  #readMessages = 0
  /** Until the clock is looked at, or there are none. */
  #stepsLeft: number
  #stepsBehind: number
  readonly #endMs: number
  #calls = 0

  constructor(options: {
    root: RootSink
    variables: Variables
    messages: readonly unknown[]
    now: Date | undefined
    limits: RenderLimits
  }) {
    this.root = options.root
    this.out = options.root
    this.variables = options.variables
    this.messages = options.messages
    this.#now = options.now
    this.limits = options.limits
    const { maxSteps, maxSeconds, endMs } = options.limits
    const now = performance.now()
    // Where it is late already the first step looks at the clock: a rendering may have few.
    this.#stepsLeft = Math.min(now < endMs ? CLOCK_STEPS : 0, maxSteps)
    this.#stepsBehind = maxSteps - this.#stepsLeft
    this.#endMs = Math.min(endMs, now + 1000 * maxSeconds)
  }

  /** The time of the call where none is given, the same throughout. */
  get now(): Date {
    this.#now ??= new Date()
    return this.#now
  }

  /** Keeps a variable of the template's top for blocks. */
  export(name: string, value: Value): void {
    this.#exported ??= new Map()
    this.#exported.set(name, value)
  }

  /** A variable that the template was given, or a global; undefined where there is none. */
  resolve(name: string): Value | undefined {
    const exported = this.#exported?.get(name)
    if (exported !== undefined) return exported
    const { variables } = this
    const value = variables.get(name)
    return value === undefined ? findGlobal(name) : readItemTraced(variables, name, value)
  }

  /** The loop over the messages has come to the next one, with a text so long. */
  noteTurn(length: number): void {
    const { turn } = this
    if (turn !== undefined && this.#readMessages < turn) this.historyEnds[turn] = length
  }

  /** A message is read by its number, or something that depends on {@link EVERY_MESSAGE}. */
  noteRead(message: number): void {
    if (message > this.#readMessages) this.#readMessages = message
  }

  step(): void {
    if (--this.#stepsLeft < 0) this.#goOn()
  }

  /** Counts work on many items at once. */
  charge(items: number): void {
    this.#stepsLeft -= items
    if (this.#stepsLeft < 0) this.#goOn()
  }

  /** Counts the making of a string, before it is made. */
  chargeText(length: number): void {
    if (length > this.limits.maxLength) {
      throw limitFault(`a string would be longer than ${this.limits.maxLength} characters`)
    }
    // Whole steps: V8 counts small ints faster than fractions.
    this.charge(Math.ceil(length / CHARS_PER_STEP))
  }

  /** @throws RenderFault `template/limit` where there are no more steps, or it is late */
  #goOn(): void {
    const { maxSteps, maxSeconds } = this.limits
    const more = Math.min(CLOCK_STEPS - this.#stepsLeft, this.#stepsBehind)
    this.#stepsLeft += more
    this.#stepsBehind -= more
    const isSpent = this.#stepsLeft < 0
    if (!isSpent && performance.now() < this.#endMs) return
    throw limitFault(`the template does not end within ${isSpent ? `${maxSteps} steps` : `${maxSeconds} s`}`)
  }

  /** Counts a call of a macro, or another function of the template, that begins; {@link leave} ends it. */
  enter(): void {
    this.step()
    if (++this.#calls > MAX_CALLS) throw limitFault(`macros call one another more than ${MAX_CALLS} deep`)
  }

  /** Not called where something was thrown: no template catches that. */
  leave(): void {
    this.#calls--
  }

  /** The index of a message of the conversation, told by identity; undefined for all else. */
  messageOf(item: unknown): number | undefined {
    if (typeof item !== 'object' || item === null) return undefined
    // Loops go from the first message to the last, or from the last to the first: a neighbour is nearly always right.
    const next = this.#lastMessage + 1
    if (item !== this.messages[next]) return this.#messageElsewhere(item)
    this.#lastMessage = next
    return next
  }

  #messageElsewhere(item: object): number | undefined {
    const { messages } = this
    const near = this.#lastMessage
    let found: number | undefined
    if (near > 0 && item === messages[near - 1]) found = near - 1
    // Where a new loop starts; the system message is often left out of it.
    else if (item === messages[0]) found = 0
    else if (item === messages[1]) found = 1
    else if (item === messages[messages.length - 1]) found = messages.length - 1
    else found = this.#findMessage(item)
    if (found !== undefined) this.#lastMessage = found
    return found
  }

  #findMessage(item: unknown): number | undefined {
    if (this.messages.length < FEW_MESSAGES) {
      const found = this.messages.indexOf(item)
      return found < 0 ? undefined : found
    }
    this.#messageIndex ??= new Map(this.messages.map((message, m) => [message, m]))
    return this.#messageIndex.get(item)
  }
}

/** Slots without a value, by how many there are. */
const BLANKS: (readonly undefined[])[] = []

/** The variables of one call of a function of the template (the template itself, a macro, a recursive loop). */
export class Frame {
  readonly runtime: Runtime
  /** A variable that is not set is undefined. */
  readonly slots: (Value | undefined)[]
  /** The variables around it, as they were where the function was defined. */
  readonly parent: Frame | undefined

  constructor(runtime: Runtime, size: number, parent: Frame | undefined) {
    this.runtime = runtime
    BLANKS[size] ??= new Array(size).fill(undefined)
    // Copying is more than twice as fast as filling.
    this.slots = BLANKS[size].slice()
    this.parent = parent
  }
}
