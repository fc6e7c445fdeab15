import { type Masked, REASONS, SOURCES, type TokenReason, type TokenSource } from '../mask/index.ts'

/** Neighbouring tokens of one message with one weight and one reason. */
export interface TokenRun {
  readonly firstToken: number
  readonly endToken: number
  readonly weight: number
  readonly reason: TokenReason
}

/** Neighbouring tokens of one message. */
export interface TokenBlock {
  /** Index of the message; undefined for what belongs to none. */
  readonly message: number | undefined
  /** Whether tokens of the same message stand further up, with others between. */
  readonly isContinued: boolean
  readonly runs: readonly TokenRun[]
  readonly tokens: number
  readonly trained: number
}

/** The tokens in blocks of one message each, and those in runs that are trained, or not, for one reason. */
export function toBlocks(masked: Masked): TokenBlock[] {
  const owners = findOwners(masked)
  const blocks: TokenBlock[] = []
  const seen = new Set<number>()
  let firstToken = 0
  while (firstToken < owners.length) {
    const message = owners[firstToken]!
    const endToken = endOfEqual(firstToken, owners.length, t => owners[t] === message)
    const runs = toRuns(masked, firstToken, endToken)
    blocks.push({
      message: message === -1 ? undefined : message,
      isContinued: message !== -1 && seen.has(message),
      runs,
      tokens: endToken - firstToken,
      trained: runs.reduce((sum, run) => sum + (run.weight === 0 ? 0 : run.endToken - run.firstToken), 0),
    })
    seen.add(message)
    firstToken = endToken
  }
  return blocks
}

/**
 * Under which message each token is drawn: its own; but what a turn merely quotes of another message (the name of the call that a tool
 * answers) stays in that turn.
 */
function findOwners({ messages, sources, encoded, rendered: { turns } }: Masked): Int32Array {
  const owners = Int32Array.from(messages)
  let turn = 0
  for (let t = 0; t < owners.length; t++) {
    const startChar = encoded.starts[t]!
    while (turn < turns.length && turns[turn]!.endChar <= startChar) turn++
    const here = turns[turn]
    const isInTurn = here !== undefined && here.startChar <= startChar && encoded.ends[t]! > startChar
    if (isInTurn && !SAID.has(sources[t]!)) owners[t] = here.message
  }
  return owners
}

const toSources = (...names: readonly TokenSource[]): ReadonlySet<number> =>
  new Set(names.map(name => SOURCES.indexOf(name)))
const SAID = toSources('content', 'reasoning')
/** What a model writes. */
const WRITTEN = toSources('content', 'reasoning', 'tool_calls')

function toRuns({ weights, reasons }: Masked, firstToken: number, endToken: number): TokenRun[] {
  const runs: TokenRun[] = []
  let first = firstToken
  while (first < endToken) {
    const weight = weights[first]!
    const reason = reasons[first]!
    const end = endOfEqual(first, endToken, t => weights[t] === weight && reasons[t] === reason)
    runs.push({ firstToken: first, endToken: end, weight, reason: REASONS[reason]! })
    first = end
  }
  return runs
}

function endOfEqual(first: number, end: number, isEqual: (t: number) => boolean): number {
  let t = first + 1
  while (t < end && isEqual(t)) t++
  return t
}

/** How many assistant messages there are among the tokens, and how many of them are trained in some part of what they say. */
export function countAnswers({ messages, weights, sources, roles }: Masked): {
  all: number
  trained: number
} {
  const all = new Set<number>()
  const trained = new Set<number>()
  for (let t = 0; t < messages.length; t++) {
    const message = messages[t]!
    if (message === -1 || roles[message] !== 'assistant') continue
    all.add(message)
    if (weights[t] !== 0 && WRITTEN.has(sources[t]!)) trained.add(message)
  }
  return { all: all.size, trained: trained.size }
}

/** `1 of 3 answers`, empty for a row without answers. */
export function nameAnswers(masked: Masked): string {
  const { all, trained } = countAnswers(masked)
  return all === 0 ? '' : `${trained} of ${all} ${all === 1 ? 'answer' : 'answers'}`
}
