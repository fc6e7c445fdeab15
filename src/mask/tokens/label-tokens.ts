import type { MaskInput } from '../mask-input.ts'
import { IGNORE_INDEX, type Masked, REASONS, SOURCES, type TokenReason } from '../masked.ts'
import type { SpanMask, SpanPart } from './span-part.ts'
import { findTokenSources } from './token-sources.ts'

/** The part of {@link Masked} that has one entry for each token. */
export type TokenLabels = Pick<Masked, 'labels' | 'weights' | 'messages' | 'sources' | 'reasons'>

const reasonIndex: Readonly<Record<string, number>> = Object.fromEntries(
  REASONS.map((reason, r) => [reason, r]),
)
const toReason = (reason: TokenReason): number => reasonIndex[reason]!

const OWN_SOURCES = new Set(
  ['content', 'reasoning', 'tool_calls', 'tools', 'documents', 'prompt'].map(name =>
    SOURCES.indexOf(name as never),
  ),
)

/**
 * The one place that goes from characters to tokens: a token that holds any character of a trained part is trained, with that part's
 * weight; the first such part decides.
 */
export function labelTokens(input: MaskInput, mask: SpanMask): TokenLabels {
  const { encoded } = input
  const labels = emptyLabels(input)
  const { parts } = mask
  let first = 0
  for (let t = 0; t < encoded.ids.length; t++) {
    const startChar = encoded.starts[t]!
    const endChar = encoded.ends[t]!
    if (endChar <= startChar) continue
    while (first < parts.length && parts[first]!.endChar <= startChar) first++
    const part = choosePart(parts, first, endChar)
    if (part === undefined) continue
    labels.reasons[t] = toReason(part.reason)
    if (part.weight !== 0) {
      labels.weights[t] = part.weight
      labels.labels[t] = encoded.ids[t]!
      if (part.message !== undefined) labels.messages[t] = part.message
    } else if (part.message !== undefined && labels.messages[t] === -1) labels.messages[t] = part.message
  }
  return labels
}

function choosePart(parts: readonly SpanPart[], first: number, endChar: number): SpanPart | undefined {
  let untrained: SpanPart | undefined
  for (let p = first; p < parts.length && parts[p]!.startChar < endChar; p++) {
    if (parts[p]!.weight !== 0) return parts[p]
    untrained ??= parts[p]
  }
  return untrained
}

/** Labels from a strategy that thinks in tokens. */
export function labelChosenTokens(
  input: MaskInput,
  trained: Uint8Array,
  reasons: { yes: TokenReason; no: TokenReason },
): TokenLabels {
  const labels = emptyLabels(input)
  const { ids } = input.encoded
  for (let t = 0; t < ids.length; t++) {
    if (trained[t] === 1) {
      labels.weights[t] = 1
      labels.labels[t] = ids[t]!
    }
    labels.reasons[t] = toReason(trained[t] === 1 ? reasons.yes : reasons.no)
  }
  return labels
}

/** Nothing trained yet: every token with its message, its source and the plain reason why it isn't trained. */
function emptyLabels({ rendered, encoded }: MaskInput): TokenLabels {
  const count = encoded.ids.length
  const { sources, messages } = findTokenSources(rendered, encoded)
  const reasons = new Uint8Array(count)
  let turn = 0
  for (let t = 0; t < count; t++) {
    const startChar = encoded.starts[t]!
    if (encoded.ends[t]! <= startChar) {
      reasons[t] = toReason('added-by-tokenizer')
      continue
    }
    reasons[t] = toReason(OWN_SOURCES.has(sources[t]!) ? 'prompt' : 'template')
    if (messages[t] !== -1) continue
    while (turn < rendered.turns.length && rendered.turns[turn]!.endChar <= startChar) turn++
    const here = rendered.turns[turn]
    if (here !== undefined && here.startChar <= startChar) messages[t] = here.message
  }
  return {
    labels: new Int32Array(count).fill(IGNORE_INDEX),
    weights: new Float32Array(count),
    messages,
    sources,
    reasons,
  }
}
