import type { MaskInput } from '../mask-input.ts'
import { type MaskRun, REASONS, SOURCES, type TokenReason, type TokenSource } from '../masked.ts'
import { PartCursor } from './part-cursor.ts'
import { SourceCursor } from './source-cursor.ts'
import type { SpanPart } from './span-part.ts'
import { TurnCursor } from './turn-cursor.ts'

/** Untrained text of these sources was given to the model; other untrained text is the template's. */
const GIVEN: readonly TokenSource[] = ['content', 'reasoning', 'tool_calls', 'tools', 'documents', 'prompt']
const isGiven: readonly boolean[] = SOURCES.map(source => GIVEN.includes(source))

const toReason = (reason: TokenReason): number => REASONS.indexOf(reason)
const ADDED_BY_TOKENIZER = toReason('added-by-tokenizer')
const PROMPT = toReason('prompt')
const TEMPLATE = toReason('template')
const BY_TOKENIZER = SOURCES.indexOf('tokenizer')

/**
 * The one place that goes from characters to tokens: a token that holds any character of a trained part is trained, with that part's
 * weight; the first such part decides. What no part holds isn't trained.
 *
 * @param parts in the order of their starts; those that are trained don't overlap
 */
export function labelTokens({ rendered, encoded }: MaskInput, parts: readonly SpanPart[]): MaskRun[] {
  const { starts, ends } = encoded
  const count = starts.length
  const { length } = rendered.text
  const sources = new SourceCursor(rendered.pieces, length)
  const turns = new TurnCursor(rendered.turns, length)
  const chosen = new PartCursor(parts, length)
  const runs: MaskRun[] = []
  for (let t = 0; t < count; ) {
    const startChar = starts[t]!
    const endChar = ends[t]!
    const startToken = t++
    if (endChar <= startChar) {
      push(runs, { ...ADDED, startToken, endToken: t })
      continue
    }
    sources.moveTo(startChar, endChar)
    turns.moveTo(startChar)
    chosen.moveTo(startChar, endChar)
    // Up to where none of the three says anything else.
    const sameUntil = Math.min(sources.sameUntil, turns.sameUntil, chosen.sameUntil)
    if (endChar <= sameUntil) while (t < count && ends[t]! <= sameUntil && ends[t]! > starts[t]!) t++
    const own = sources.message === -1 ? turns.message : sources.message
    push(runs, toRun({ startToken, endToken: t, source: sources.source, own }, chosen.part))
  }
  return runs
}

const ADDED = { message: -1, source: BY_TOKENIZER, reason: ADDED_BY_TOKENIZER, weight: 0 } as const

function toRun(
  {
    startToken,
    endToken,
    source,
    own,
  }: Pick<MaskRun, 'startToken' | 'endToken' | 'source'> & { own: number },
  part: SpanPart | undefined,
): MaskRun {
  if (part === undefined) {
    const reason = isGiven[source] === true ? PROMPT : TEMPLATE
    return { startToken, endToken, message: own, source, reason, weight: 0 }
  }
  const { weight } = part
  const message = part.message !== undefined && (weight !== 0 || own === -1) ? part.message : own
  return { startToken, endToken, message, source, reason: toReason(part.reason), weight }
}

/** Runs that say the same become one: a token on the border of two pieces may be the like of its neighbours. */
function push(runs: MaskRun[], run: MaskRun): void {
  const last = runs.at(-1)
  if (last === undefined || !isSame(last, run)) {
    runs.push(run)
    return
  }
  const { startToken, message, source, reason, weight } = last
  runs[runs.length - 1] = { startToken, endToken: run.endToken, message, source, reason, weight }
}

function isSame(a: MaskRun, b: MaskRun): boolean {
  return a.message === b.message && a.source === b.source && a.reason === b.reason && a.weight === b.weight
}

/** Labels from a strategy that thinks in tokens. */
export function labelChosenTokens(
  input: MaskInput,
  trained: Uint8Array,
  reasons: { yes: TokenReason; no: TokenReason },
): MaskRun[] {
  const runs: MaskRun[] = []
  const yes = { reason: toReason(reasons.yes), weight: 1 }
  const no = { reason: toReason(reasons.no), weight: 0 }
  for (const run of labelTokens(input, [])) {
    for (let t = run.startToken; t < run.endToken; ) {
      const startToken = t
      while (t < run.endToken && trained[t] === trained[startToken]) t++
      push(runs, { ...run, startToken, endToken: t, ...(trained[startToken] === 1 ? yes : no) })
    }
  }
  return runs
}
