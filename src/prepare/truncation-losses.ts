import { IGNORE_INDEX } from '../mask/index.ts'
import type { Piece, TruncationInput } from './piece.ts'

/** What an example lost. An answer is the trained tokens of one message; in a row without messages, all trained tokens. */
export interface Losses {
  /** Answers of which something is kept, but no piece has all of it. */
  readonly answersCut: number
  /** Answers of which nothing is kept. */
  readonly answersLost: number
  readonly tokensLost: number
  readonly trainedTokensLost: number
}

/** What of an example is in none of its pieces, in tokens and in answers; what a piece repeats as context counts once. */
export function countLosses(example: TruncationInput, pieces: readonly Piece[]): Losses {
  const answers = countTrained(example, 0, example.labels.length)
  const kept = new Map<number, number>()
  const whole = new Set<number>()
  let tokensLost = example.labels.length
  for (const { startToken, endToken, contextTokens } of pieces) {
    tokensLost -= endToken - startToken - contextTokens
    for (const [message, tokens] of countTrained(example, startToken + contextTokens, endToken)) {
      kept.set(message, (kept.get(message) ?? 0) + tokens)
      if (tokens === answers.get(message)) whole.add(message)
    }
  }
  let trainedTokensLost = 0
  for (const [message, tokens] of answers) trainedTokensLost += tokens - (kept.get(message) ?? 0)
  return {
    answersCut: kept.size - whole.size,
    answersLost: answers.size - kept.size,
    tokensLost,
    trainedTokensLost,
  }
}

/** Trained tokens of each message between two tokens; of -1 in a row without messages. */
function countTrained(
  { labels, messages }: TruncationInput,
  startToken: number,
  endToken: number,
): Map<number, number> {
  const counts = new Map<number, number>()
  for (let t = startToken; t < endToken; t++) {
    if (labels[t] !== IGNORE_INDEX) counts.set(messages[t]!, (counts.get(messages[t]!) ?? 0) + 1)
  }
  return counts
}
