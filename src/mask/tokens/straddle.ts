import type { Finding } from '../../finding.ts'
import type { Encoded, Tokenizer } from '../../tokenizer/index.ts'
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

/** How many tokens on either side of a boundary are split anew: more than any vocabulary looks back in practice. */
const CONTEXT_TOKENS = 16

function findStraddler(
  { encoded, rendered, context }: MaskInput,
  span: TrainedSpan,
  boundaryChar: number,
): Finding[] {
  const t = findTokenAt(encoded, boundaryChar)
  if (t >= encoded.ids.length) return []
  // Tokens that share one character's range don't straddle: the boundary is never inside a character.
  if (encoded.starts[t]! >= boundaryChar) return []
  const left = splitBefore(context.tokenizer, encoded, t, boundaryChar)
  const right = splitBehind(context.tokenizer, encoded, t, boundaryChar)
  const token = JSON.stringify(rendered.text.slice(encoded.starts[t]!, encoded.ends[t]!))
  const isStart = boundaryChar === span.startChar
  const sides = isStart
    ? 'the end of the prompt and the start of the answer'
    : 'the end of the answer and the start of what follows it'
  const finding: Finding = {
    rule: 'token-straddles-boundary',
    severity: 'warn',
    text: `Token ${token} holds ${sides}: it is trained, and inference never has it there.`,
    startChar: left.startChar,
    endChar: right.endChar,
    token: t,
    inferenceIds: [...left.ids, ...right.ids],
  }
  return [span.message === undefined ? finding : { ...finding, message: span.message }]
}

/**
 * What stands before a boundary when the text ends there: its ids from the last place on where both ways of splitting have a token start.
 */
function splitBefore(
  tokenizer: Tokenizer,
  { text, starts }: Encoded,
  t: number,
  boundaryChar: number,
): { startChar: number; ids: number[] } {
  const contextChar = starts[Math.max(0, t - CONTEXT_TOKENS)]!
  const alone = tokenizer.encode(text.slice(contextChar, boundaryChar), { addSpecialTokens: false })
  const shared = new Set(Array.from(alone.starts, startChar => contextChar + startChar))
  let first = t
  while (first > 0 && starts[first]! > contextChar && !shared.has(starts[first]!)) first--
  const startChar = starts[first]!
  return {
    startChar,
    ids: Array.from(alone.ids).filter((_, a) => contextChar + alone.starts[a]! >= startChar),
  }
}

/** What stands behind a boundary when a text starts there: its ids up to the first place where both ways of splitting have a token end. */
function splitBehind(
  tokenizer: Tokenizer,
  { text, ends }: Encoded,
  t: number,
  boundaryChar: number,
): { endChar: number; ids: number[] } {
  const last = Math.min(ends.length - 1, t + CONTEXT_TOKENS)
  const alone = encodeInMiddle(tokenizer, text.slice(boundaryChar, ends[last]!))
  const shared = new Set(alone.ends.map(endChar => boundaryChar + endChar))
  let end = t
  while (end < last && !shared.has(ends[end]!)) end++
  const endChar = ends[end]!
  return { endChar, ids: alone.ids.filter((_, a) => boundaryChar + alone.ends[a]! <= endChar) }
}

/** The ids of a text that doesn't stand at a text's start, where some tokenizers write a space in front; with the end of each in it. */
function encodeInMiddle(tokenizer: Tokenizer, text: string): { ids: number[]; ends: number[] } {
  const anchored = tokenizer.encode(`\n${text}`, { addSpecialTokens: false })
  const { ids, starts, ends } = anchored
  const isClean = ids.every((_, t) => starts[t]! >= 1 || ends[t]! <= 1)
  if (!isClean) {
    const alone = tokenizer.encode(text, { addSpecialTokens: false })
    return { ids: [...alone.ids], ends: [...alone.ends] }
  }
  const from = ids.findIndex((_, t) => starts[t]! >= 1)
  return from === -1
    ? { ids: [], ends: [] }
    : { ids: [...ids.subarray(from)], ends: Array.from(ends.subarray(from), end => end - 1) }
}
