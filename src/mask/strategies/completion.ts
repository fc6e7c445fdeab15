import type { Finding } from '../../finding.ts'
import { findAnswers } from '../answer/answers.ts'
import type { MaskInput } from '../mask-input.ts'
import type { TrainedSpan } from '../masked.ts'
import { matchPrompt } from '../render-chat.ts'
import { reportOpenEnd } from '../report/tokens.ts'
import { labelTokens } from '../tokens/label-tokens.ts'
import { findStraddlers } from '../tokens/straddle.ts'
import type { Strategy } from './strategy.ts'

/**
 * Everything behind the prompt of a prompt-completion row, as TRL's `completion_only_loss`: of messages too, what the template writes after
 * the last answer included. Where the prompt isn't how the text starts, the completion begins where they part; reported.
 */
export const completion: Strategy<'completion'> = {
  name: 'completion',
  summary: 'everything after the prompt of a prompt-completion row, as TRL’s completion_only_loss',
  rows: 'prompt-completion',
  reads: [],
  unrolls: false,
  mask(input) {
    const { startChar, findings } = findCompletionStart(input)
    const endChar = input.rendered.text.length
    const span: TrainedSpan = { startChar, endChar, message: undefined }
    const parts = [
      { startChar: 0, endChar: startChar, weight: 0, reason: 'prompt' as const, message: undefined },
      { startChar, endChar, weight: 1, reason: 'completion' as const, message: undefined },
    ]
    return {
      runs: labelTokens(input, parts),
      spans: [span],
      findings: [...findings, ...reportEnd(input), ...findStraddlers(input, [span])],
    }
  },
}

/** A template writes what it writes behind the last answer's end: that is trained here, and never generated. */
function reportEnd(input: MaskInput): Finding[] {
  const { chat, context, encoded, rendered } = input
  if (chat === undefined) return reportOpenEnd(input)
  const stop = encoded.ids.findLastIndex(id => context.stopIds.has(id))
  if (stop === -1) return reportOpenEnd(input)
  const startChar = encoded.ends[stop]!
  const endChar = rendered.text.length
  if (stop === encoded.ids.length - 1) return []
  const text = `${JSON.stringify(rendered.text.slice(startChar, endChar))} is trained behind the stop token: generation has ended before it.`
  return [{ rule: 'after-stop-trained', severity: 'warn', text, token: stop + 1, startChar, endChar }]
}

function findCompletionStart(input: MaskInput): { startChar: number; findings: Finding[] } {
  const { example, rendered, chat, context } = input
  if (example.kind === 'prompt-completion') return { startChar: example.prompt.length, findings: [] }
  if (chat === undefined || example.kind !== 'conversation') return { startChar: 0, findings: [] }
  const promptLength = example.promptLength ?? 0
  const match = matchPrompt(rendered, chat, promptLength, context)
  const agreedChars = match?.agreedChars ?? 0
  if (match?.isPrefix === true && agreedChars > 0) return { startChar: agreedChars, findings: [] }
  // A prompt that can't be rendered, or is empty: the completion starts with its first answer.
  const first = findAnswers(input).find(({ message }) => message >= promptLength)
  const startChar = agreedChars > 0 ? agreedChars : (first?.start.startChar ?? 0)
  const finding: Finding = {
    rule: 'prompt-not-prefix',
    severity: 'warn',
    text: 'The rendered prompt is not how the rendered prompt and completion start: the completion is taken from where they part.',
    startChar,
    endChar: startChar,
  }
  return { startChar, findings: [finding] }
}
