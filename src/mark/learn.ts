import { type Masked, REASONS } from '../mask/index.ts'
import type { CharRange, Rendered, Source } from '../template/index.ts'

/** What a template itself writes where an answer ends: what is trained of it, and what follows. */
export interface Tail {
  readonly stop: string
  readonly after: string
}

/** What a template writes round an answer, in its several forms. All longest first. */
export interface TurnEdges {
  /** Texts in front of what the model writes. */
  readonly heads: readonly string[]
  /** Ends of a turn. */
  readonly tails: readonly Tail[]
  /** Ends of an answer in mid-turn: behind them stands what others say (the result of a call, where the call's own turn has it). */
  readonly cuts: readonly Tail[]
}

/** All that marks have to know about a template. */
export interface MarkEdges {
  /** Of the turns that an iteration writes. */
  readonly inLoop: TurnEdges
  /** Of an answer that stands behind the loop. */
  readonly behind: TurnEdges
  /** Stop tokens of answers that the text behind their turn begins with, longest first. */
  readonly nexts: readonly string[]
  /** Whether the text behind the loop has any of it. */
  readonly isBehindMarked: boolean
}

/** An answer of a probe: what is trained of it, and the stretch that is caught in one. */
export interface ProbedAnswer {
  readonly masked: Masked
  readonly message: number
  readonly startChar: number
  readonly endChar: number
  /** What an iteration wrote, or all that stands behind the loops. */
  readonly region: CharRange
  readonly isBehind: boolean
  /** Where the text begins that is written behind the loops. */
  readonly behindChar: number
}

/** Reads the edges of every answer off its provenance. An edge that holds what some message says is another in every conversation. */
export function learnEdges(answers: readonly ProbedAnswer[]): MarkEdges {
  const [inLoop, behind] = [new Edges(), new Edges()]
  const nexts = new Set<string>()
  for (const answer of answers) {
    const { masked, region, endChar, isBehind } = answer
    ;(isBehind ? behind : inLoop).add(answer)
    const next = masked.rendered.text.slice(region.endChar, endChar)
    if (next !== '' && isOfTemplate(masked.rendered, region.endChar, endChar)) nexts.add(next)
  }
  return {
    inLoop: inLoop.sorted(),
    behind: behind.sorted(),
    nexts: longestFirst(nexts, text => text.length),
    isBehindMarked: answers.some(({ isBehind, endChar, behindChar }) => isBehind || endChar > behindChar),
  }
}

const EOT = REASONS.indexOf('end-of-turn')

class Edges {
  readonly #heads = new Set<string>()
  readonly #tails = new Map<string, Tail>()
  readonly #cuts = new Map<string, Tail>()

  add({ masked, message, startChar, endChar, region }: ProbedAnswer): void {
    const { rendered, runs, encoded } = masked
    const { text } = rendered
    if (isOfTemplate(rendered, region.startChar, startChar))
      this.#heads.add(text.slice(region.startChar, startChar))
    const end = Math.min(endChar, region.endChar)
    const eot = runs.find(run => run.message === message && run.reason === EOT)
    const stopChar = eot === undefined ? end : Math.min(encoded.starts[eot.startToken]!, end)
    const foreign = findForeign(rendered, end, region.endChar)
    const tail = { stop: text.slice(stopChar, end), after: text.slice(end, foreign) }
    if (!isOfTemplate(rendered, stopChar, end) || tail.stop + tail.after === '') return
    if (foreign === region.endChar) this.#tails.set(JSON.stringify(tail), tail)
    else if (
      tail.after !== '' &&
      holdsOthers(rendered, { startChar: foreign, endChar: region.endChar }, message)
    )
      this.#cuts.set(JSON.stringify(tail), tail)
  }

  sorted(): TurnEdges {
    const length = ({ stop, after }: Tail): number => stop.length + after.length
    return {
      heads: longestFirst(this.#heads, head => head.length).filter(head => head !== ''),
      tails: longestFirst(this.#tails.values(), length),
      cuts: longestFirst(this.#cuts.values(), length),
    }
  }
}

function longestFirst<T>(items: Iterable<T>, length: (item: T) => number): T[] {
  return [...items].sort((a, b) => length(b) - length(a))
}

/** Whether every conversation has the same there: what the template itself writes, special tokens, an assistant's role. */
function isOfTemplate(rendered: Rendered, from: number, to: number): boolean {
  return findForeign(rendered, from, to) === to
}

/** The first character in [from, to) that is another in other conversations; `to` for none. */
function findForeign({ pieces }: Rendered, from: number, to: number): number {
  const piece = pieces.find(
    ({ source, startChar, endChar }) => from < endChar && startChar < to && !isConstant(source),
  )
  return piece === undefined ? to : Math.max(piece.startChar, from)
}

/** Whether another message's text stands there. */
function holdsOthers({ pieces }: Rendered, { startChar, endChar }: CharRange, message: number): boolean {
  return pieces.some(
    piece =>
      startChar < piece.endChar &&
      piece.startChar < endChar &&
      piece.source.kind === 'message' &&
      piece.source.message !== message,
  )
}

function isConstant(source: Source): boolean {
  switch (source.kind) {
    case 'literal':
      return true
    case 'message':
      return source.field === 'role'
    case 'variable':
      return source.name !== 'tools' && source.name !== 'documents'
    case 'computed':
      return false
    case 'union':
      return source.sources.every(isConstant)
    default: {
      const never: never = source
      return never
    }
  }
}
