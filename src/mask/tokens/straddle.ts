import type { Tokenizer } from '../../tokenizer/index.ts'
import type { Finding } from '../finding.ts'
import type { MaskInput } from '../mask-input.ts'
import type { TrainedSpan } from '../masked.ts'
import { findTokenAt } from './token-search.ts'

/** Tokens that hold characters on both sides of a span's end: what inference would have there instead is said. */
export function findStraddlers(input: MaskInput, spans: readonly TrainedSpan[]): Finding[] {
  const findings: Finding[] = []
  for (const span of spans) {
    if (span.endChar <= span.startChar) continue
    findings.push(...findStraddler(input, span, span.startChar), ...findStraddler(input, span, span.endChar))
  }
  return findings
}

/** How many tokens before a boundary decide how the text up to it is split: more than any vocabulary looks back in practice. */
const CONTEXT_TOKENS = 16

function findStraddler(
  { encoded, rendered, context }: MaskInput,
  span: TrainedSpan,
  boundaryChar: number,
): Finding[] {
  const t = findTokenAt(encoded, boundaryChar)
  if (t >= encoded.ids.length) return []
  const startChar = encoded.starts[t]!
  const endChar = encoded.ends[t]!
  // Tokens that share one character's range don't straddle: the boundary is never inside a character.
  if (startChar >= boundaryChar) return []
  const before = rendered.text.slice(startChar, boundaryChar)
  const after = rendered.text.slice(boundaryChar, endChar)
  const isStart = boundaryChar === span.startChar
  const contextChar = encoded.starts[Math.max(0, t - CONTEXT_TOKENS)]!
  const finding: Finding = {
    rule: 'token-straddles-boundary',
    severity: 'warn',
    text: `Token ${JSON.stringify(before + after)} holds the end of ${isStart ? 'the prompt' : 'the answer'} and the start of ${
      isStart ? 'the answer' : 'what follows it'
    }: it is trained, but inference has ${JSON.stringify(before)} and ${JSON.stringify(after)} as tokens of their own.`,
    startChar,
    endChar,
    token: t,
    inferenceIds: [
      ...encodeTail(
        context.tokenizer,
        rendered.text.slice(contextChar, boundaryChar),
        startChar - contextChar,
      ),
      ...encodeInMiddle(context.tokenizer, after),
    ],
  }
  return [span.message === undefined ? finding : { ...finding, message: span.message }]
}

/** The ids of `text` from `fromChar` on, as they are at the end of that text. */
function encodeTail(tokenizer: Tokenizer, text: string, fromChar: number): number[] {
  const { ids, starts } = tokenizer.encode(text, { addSpecialTokens: false })
  return Array.from(ids).filter((_, t) => starts[t]! >= fromChar)
}

/** The ids of a text that doesn't stand at a text's start, where some tokenizers write a space in front. */
function encodeInMiddle(tokenizer: Tokenizer, text: string): number[] {
  const anchored = tokenizer.encode(`\n${text}`, { addSpecialTokens: false })
  const clean = Array.from(anchored.ids).every((_, t) => anchored.starts[t]! >= 1 || anchored.ends[t]! <= 1)
  if (!clean) return Array.from(tokenizer.encode(text, { addSpecialTokens: false }).ids)
  return Array.from(anchored.ids).filter((_, t) => anchored.starts[t]! >= 1)
}
