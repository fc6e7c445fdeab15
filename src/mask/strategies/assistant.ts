import type { Answer } from '../answer/answer.ts'
import { findAnswers } from '../answer/answers.ts'
import { chooseAnswers } from '../answer/choose.ts'
import { toWeightedParts } from '../answer/weighted-parts.ts'
import type { TrainedSpan } from '../masked.ts'
import { reportAnswers } from '../report/answers.ts'
import { reportDoubleEncoded } from '../report/double-encoded.ts'
import { reportDropped } from '../report/dropped.ts'
import { labelTokens } from '../tokens/label-tokens.ts'
import type { SpanPart } from '../tokens/span-part.ts'
import { findStraddlers } from '../tokens/straddle.ts'
import type { Strategy } from './strategy.ts'

/** What a model generates is what is trained: of every assistant message, exactly what inference asks it to write. */
export const assistant: Strategy<'assistant'> = {
  name: 'assistant',
  summary: 'what the model has to write, from the end of the prompt through the stop token',
  rows: 'conversations',
  reads: ['roles', 'turns', 'trainOnEot', 'mask', 'unroll'],
  unrolls: true,
  mask(input) {
    const answers = findAnswers(input)
    const chosen = chooseAnswers(input, answers)
    const parts: SpanPart[] = []
    for (const answer of answers) {
      for (const part of toWeightedParts(input, answer, chosen))
        if (part.endChar > part.startChar) parts.push(part)
    }
    if (!isInOrder(parts)) parts.sort((a, b) => a.startChar - b.startChar)
    const spans = answers.filter(answer => chosen.trains(answer)).map(toSpan)
    return {
      runs: labelTokens(input, parts),
      spans,
      findings: [
        ...reportAnswers(
          input,
          answers.filter(answer => chosen.trains(answer)),
        ),
        ...findStraddlers(input, spans),
        ...reportDropped(input),
        ...reportDoubleEncoded(input),
      ],
    }
  },
}

/** As they nearly always are: to look is cheaper than to sort. */
function isInOrder(parts: readonly SpanPart[]): boolean {
  for (let p = 1; p < parts.length; p++) if (parts[p]!.startChar < parts[p - 1]!.startChar) return false
  return true
}

function toSpan(answer: Answer): TrainedSpan {
  return { startChar: answer.start.startChar, endChar: answer.end.endChar, message: answer.message }
}
