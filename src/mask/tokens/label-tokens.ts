import type { MaskInput } from '../mask-input.ts'
import { IGNORE_INDEX, type Masked, REASONS, SOURCES, type TokenReason, type TokenSource } from '../masked.ts'
import type { SpanMask, SpanPart } from './span-part.ts'
import { findTokenSources } from './token-sources.ts'

/** The part of {@link Masked} that has one entry for each token. */
export type TokenLabels = Pick<Masked, 'labels' | 'weights' | 'messages' | 'sources' | 'reasons'>

/** Untrained text of these sources was given to the model; other untrained text is the template's. */
const GIVEN: readonly TokenSource[] = ['content', 'reasoning', 'tool_calls', 'tools', 'documents', 'prompt']
const isGiven = Uint8Array.from(SOURCES, source => (GIVEN.includes(source) ? 1 : 0))

const toReason = (reason: TokenReason): number => REASONS.indexOf(reason)
const ADDED_BY_TOKENIZER = toReason('added-by-tokenizer')
const PROMPT = toReason('prompt')
const TEMPLATE = toReason('template')

/**
 * The one place that goes from characters to tokens: a token that holds any character of a trained part is trained, with that part's
 * weight; the first such part decides.
 */
export function labelTokens(input: MaskInput, mask: SpanMask): TokenLabels {
  const { encoded } = input
  const labels = emptyLabels(input)
  const { parts } = mask
  const partReasons = Uint8Array.from(parts, part => toReason(part.reason))
  let first = 0
  for (let t = 0; t < encoded.ids.length; t++) {
    const startChar = encoded.starts[t]!
    const endChar = encoded.ends[t]!
    if (endChar <= startChar) continue
    while (first < parts.length && parts[first]!.endChar <= startChar) first++
    const p = choosePart(parts, first, startChar, endChar)
    if (p === -1) continue
    const part = parts[p]!
    labels.reasons[t] = partReasons[p]!
    if (part.weight !== 0) {
      labels.weights[t] = part.weight
      labels.labels[t] = encoded.ids[t]!
      if (part.message !== undefined) labels.messages[t] = part.message
    } else if (part.message !== undefined && labels.messages[t] === -1) labels.messages[t] = part.message
  }
  return labels
}

/** The first trained part that holds a character of the token, else the first untrained one; -1: none does. */
function choosePart(parts: readonly SpanPart[], first: number, startChar: number, endChar: number): number {
  let untrained = -1
  for (let p = first; p < parts.length && parts[p]!.startChar < endChar; p++) {
    if (parts[p]!.endChar <= startChar) continue
    if (parts[p]!.weight !== 0) return p
    if (untrained === -1) untrained = p
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
  const yes = toReason(reasons.yes)
  const no = toReason(reasons.no)
  for (let t = 0; t < ids.length; t++) {
    labels.reasons[t] = trained[t] === 1 ? yes : no
    if (trained[t] !== 1) continue
    labels.weights[t] = 1
    labels.labels[t] = ids[t]!
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
      reasons[t] = ADDED_BY_TOKENIZER
      continue
    }
    reasons[t] = isGiven[sources[t]!] === 1 ? PROMPT : TEMPLATE
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
