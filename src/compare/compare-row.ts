import type { Example } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import { type Finding, type MaskContext, type Masked, type MaskOptions, maskExample } from '../mask/index.ts'
import { type AnswerCounts, addCounts, NO_ANSWERS } from './counts.ts'
import { type DifferenceKind, kindOfLost, kindOfTrained } from './kinds.ts'
import type { Tool, ToolExample } from './tools.ts'

/** Neighbouring tokens that differ in one way, in one message. */
export interface Difference {
  readonly kind: DifferenceKind
  /** -1: none. */
  readonly message: number
  readonly startToken: number
  readonly endToken: number
  /** UTF-16 units of the text. */
  readonly startChar: number
  readonly endChar: number
  readonly text: string
}

/** One row as a tool trains it, against what a model has to write. */
export interface ComparedRow extends Readonly<AnswerCounts> {
  readonly differences: readonly Difference[]
  /** What was found about the tool's rule. */
  readonly findings: readonly Finding[]
  /** Why the tool stops at the row, if it does: then nothing else is said of it. */
  readonly refusal: { readonly code: string; readonly text: string } | undefined
}

/**
 * Compares what a tool trains of a row with the exact mask, token by token, in the tool's own examples and renderings.
 *
 * @param options the markers that the tool's rule searches for
 * @throws LosslineError where the template refuses the row
 */
export function compareRow(
  example: Example,
  tool: Tool,
  context: MaskContext,
  options: Pick<MaskOptions, 'responseTemplate' | 'instructionTemplate'> = {},
): ComparedRow {
  const rows = tool.toExamples(example).map(given => compareExample(given, tool, context, options))
  const refusal = rows.find(row => row.refusal !== undefined)
  return refusal ?? rows.reduce(addRows, NOTHING)
}

const NOTHING: ComparedRow = { ...NO_ANSWERS, differences: [], findings: [], refusal: undefined }

function addRows(a: ComparedRow, b: ComparedRow): ComparedRow {
  const sum = { ...a }
  addCounts(sum, b)
  const differences = [...a.differences, ...b.differences]
  return { ...sum, differences, findings: [...a.findings, ...b.findings] }
}

function compareExample(
  { example, turns }: ToolExample,
  { strategy }: Tool,
  context: MaskContext,
  options: MaskOptions,
): ComparedRow {
  // The tools render a conversation once, so the exact mask is of that rendering too.
  const exactOptions: MaskOptions =
    example.kind === 'conversation' ? { strategy: 'assistant', turns, unroll: 'never' } : {}
  const [exact] = maskExample(example, context, exactOptions) as [Masked]
  const theirs = maskAsTool(example, context, { ...options, strategy })
  if (theirs instanceof LosslineError)
    return { ...NOTHING, refusal: { code: theirs.code, text: theirs.message } }
  const answers = countAnswers(exact, theirs)
  const differences = findDifferences(exact, theirs, answers)
  const sum = (pick: (answer: AnswerTokens) => number): number =>
    [...answers.values()].reduce((total, answer) => total + pick(answer), 0)
  const trained = theirs.weights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0)
  const trainedAnswerTokens = sum(answer => answer.trained)
  return {
    answers: answers.size,
    found: sum(answer => (answer.trained > 0 ? 1 : 0)),
    whole: sum(answer => (answer.trained === answer.tokens ? 1 : 0)),
    tokens: exact.weights.length,
    answerTokens: sum(answer => answer.tokens),
    trainedAnswerTokens,
    otherTokens: trained - trainedAnswerTokens,
    differences,
    findings: theirs.findings,
    refusal: undefined,
  }
}

/** Strategies that imitate a tool refuse what it refuses. */
function maskAsTool(example: Example, context: MaskContext, options: MaskOptions): Masked | LosslineError {
  try {
    return maskExample(example, context, options)[0]!
  } catch (error) {
    if (error instanceof LosslineError && REFUSALS.has(error.code)) return error
    throw error
  }
}

/** What it says in the words of the strategies; other errors are the caller's. */
const REFUSALS = new Set(['mask/prompt-not-prefix', 'mask/prompt-refused', 'mask/turn-refused'])

interface AnswerTokens {
  tokens: number
  trained: number
}

/** By message; the completion of a row without messages is -1. */
function countAnswers(exact: Masked, theirs: Masked): Map<number, AnswerTokens> {
  const answers = new Map<number, AnswerTokens>()
  for (const { startToken, endToken, message, weight } of exact.runs) {
    if (weight === 0) continue
    const answer = answers.get(message) ?? { tokens: 0, trained: 0 }
    answers.set(message, answer)
    answer.tokens += endToken - startToken
    for (let t = startToken; t < endToken; t++) if (theirs.weights[t] !== 0) answer.trained++
  }
  return answers
}

function findDifferences(
  exact: Masked,
  theirs: Masked,
  answers: ReadonlyMap<number, AnswerTokens>,
): Difference[] {
  const found: { kind: DifferenceKind; message: number; startToken: number; endToken: number }[] = []
  for (let t = 0; t < exact.weights.length; t++) {
    const isTrained = theirs.weights[t] !== 0
    if ((exact.weights[t] !== 0) === isTrained) continue
    const message = exact.messages[t]!
    const kind = isTrained
      ? kindOfTrained(exact, t)
      : kindOfLost(exact, t, (answers.get(message)?.trained ?? 0) > 0)
    const last = found.at(-1)
    if (last?.endToken === t && last.kind === kind && last.message === message) last.endToken = t + 1
    else found.push({ kind, message, startToken: t, endToken: t + 1 })
  }
  const { starts, ends, text } = exact.encoded
  return found.map(difference => {
    const startChar = starts[difference.startToken]!
    const endChar = ends[difference.endToken - 1]!
    return { ...difference, startChar, endChar, text: text.slice(startChar, endChar) }
  })
}
