/** What a tool trains of some answers, in a row or in many. */
export interface AnswerCounts {
  answers: number
  /** Of which the tool trains some token. */
  found: number
  /** Of which it trains every token. */
  whole: number
  tokens: number
  /** What a model has to write. */
  answerTokens: number
  /** The part of it that the tool trains. */
  trainedAnswerTokens: number
  /** What it trains besides. */
  otherTokens: number
}

/** Of no answers. */
export const NO_ANSWERS: Readonly<AnswerCounts> = {
  answers: 0,
  found: 0,
  whole: 0,
  tokens: 0,
  answerTokens: 0,
  trainedAnswerTokens: 0,
  otherTokens: 0,
}

const NAMES = Object.keys(NO_ANSWERS) as (keyof AnswerCounts)[]

/** Adds all counts of `from` to those of `into`. */
export function addCounts(into: AnswerCounts, from: Readonly<AnswerCounts>): void {
  for (const name of NAMES) into[name] += from[name]
}
