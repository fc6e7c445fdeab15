import type { Tokenizer } from '../../tokenizer/index.ts'
import { commonLength, isSequenceAt } from './markers.ts'

/** A marker as Unsloth searches for it: ids that have to be there, and some that may stand on either side. */
export interface ResponsesOnlyMarker {
  readonly core: readonly number[]
  readonly left: readonly number[]
  readonly right: readonly number[]
}

/** All that the search needs to know. */
export interface ResponsesOnlyMarkers {
  readonly instruction: ResponsesOnlyMarker
  readonly response: ResponsesOnlyMarker
  /** Special tokens that both markers begin with (`<|im_start|>`): they open messages of every role. May be empty. */
  readonly messageStart: readonly number[]
  readonly bosId: number | undefined
  readonly eosId: number | undefined
}

/**
 * Finds what Unsloth's `train_on_responses_only(instruction_part, response_part)` searches for (as of unsloth_zoo 2026.10, `force_match`).
 *
 * A marker is tokenised alone. Tokens at its edges that change when another character touches them are optional, as long as an added
 * token is left in the core: without one, a shortened plain-text marker would match inside messages.
 *
 * @returns a marker with an empty core when its part tokenises to nothing: such a search finds no answer
 */
export function findResponsesOnlyMarkers(
  tokenizer: Tokenizer,
  parts: { readonly instructionPart: string; readonly responsePart: string },
  ends: { readonly bosId?: number | undefined; readonly eosId?: number | undefined } = {},
): ResponsesOnlyMarkers {
  const ownInstruction = findMarker(tokenizer, parts.instructionPart)
  const ownResponse = findMarker(tokenizer, parts.responsePart)
  // A core that is only how the other marker begins would match both: it takes its right edge back.
  const response = isPrefix(ownResponse.core, ownInstruction.core) ? withRight(ownResponse) : ownResponse
  const instruction = isPrefix(ownInstruction.core, response.core)
    ? withRight(ownInstruction)
    : ownInstruction
  return {
    instruction,
    response,
    messageStart: findMessageStart(tokenizer, instruction.core, response.core, ends),
    bosId: ends.bosId,
    eosId: ends.eosId,
  }
}

/** One character of every kind that a message may begin or end with and that tokenizers merge into a marker's edge. */
const NEIGHBOURS = ['\\', '{', 'a', 'A', '1', '(', '.', '<', '}', '>']

function findMarker(tokenizer: Tokenizer, part: string): ResponsesOnlyMarker {
  const tokenise = (text: string) => Array.from(tokenizer.encode(text, { addSpecialTokens: false }).ids)
  const ids = tokenise(part)
  let start = 0
  let end = ids.length
  for (const neighbour of NEIGHBOURS) {
    end = Math.min(end, commonLength(ids, tokenise(part + neighbour)))
    start = Math.max(start, ids.length - commonLength(ids.toReversed(), tokenise(neighbour + part).reverse()))
  }
  const core = ids.slice(start, end)
  const isAnchored = core.some(id => tokenizer.isAdded(id) && tokenizer.idToToken(id)?.trim() !== '')
  if (!isAnchored) return { core: ids, left: [], right: [] }
  return { core, left: ids.slice(0, start), right: ids.slice(end) }
}

function withRight({ core, left, right }: ResponsesOnlyMarker): ResponsesOnlyMarker {
  return { core: [...core, ...right], left, right: [] }
}

function findMessageStart(
  tokenizer: Tokenizer,
  instruction: readonly number[],
  response: readonly number[],
  { bosId, eosId }: { readonly bosId?: number | undefined; readonly eosId?: number | undefined },
): number[] {
  const shared = instruction.slice(0, commonLength(instruction, response))
  const areSpecial = shared.every(id => tokenizer.isSpecial(id) || id === bosId || id === eosId)
  // A special token that is a bare newline would end every answer at its first line.
  const hasWord = shared.some(id => tokenizer.isAdded(id) && tokenizer.idToToken(id)?.trim() !== '')
  return areSpecial && hasWord ? shared : []
}

/**
 * The rule of Unsloth's `train_on_responses_only` for one row: from behind a response marker up to the next instruction marker, the next
 * message of any role or BOS, or through the next EOS, whichever is first.
 *
 * Its surprises included: what the template writes between an answer and the next message is trained, unless an EOS came first, and so is an
 * instruction marker of one token that is the row's last.
 *
 * @returns one entry for each id: 1, trained
 */
export function labelResponsesOnly(
  ids: ArrayLike<number>,
  markers: ResponsesOnlyMarkers,
  options: { readonly lastResponseOnly?: boolean } = {},
): Uint8Array {
  const spans = findSpans(ids, markers)
  const trained = new Uint8Array(ids.length)
  for (const { start, end } of options.lastResponseOnly === true ? spans.slice(-1) : spans) {
    trained.fill(1, start, end)
  }
  return trained
}

interface Span {
  readonly start: number
  readonly end: number
  /** Where the search for the next answer goes on. */
  readonly next: number
}

function findSpans(ids: ArrayLike<number>, markers: ResponsesOnlyMarkers): Span[] {
  const { core, right } = markers.response
  const spans: Span[] = []
  if (core.length === 0 || markers.instruction.core.length === 0) return spans
  for (let t = 0; t < ids.length; ) {
    if (!isSequenceAt(ids, core, t)) {
      t++
      continue
    }
    const span = findSpan(ids, skipRight(ids, right, t + core.length), markers)
    if (span === undefined) break
    spans.push(span)
    t = span.next
  }
  return spans
}

/** The answer that starts at `start`, or undefined where the row ends there. */
function findSpan(ids: ArrayLike<number>, start: number, markers: ResponsesOnlyMarkers): Span | undefined {
  const { instruction, eosId } = markers
  const last = ids.length - 1
  for (let t = start; t < ids.length; t++) {
    if (eosId !== undefined && ids[t] === eosId) return { start, end: t + 1, next: t + 1 }
    if (opensMessage(ids, t, markers)) return { start, end: t, next: t }
    if (t < last && !isSequenceAt(ids, instruction.core, t)) continue
    // The last token ends an answer as an instruction marker does, whatever it is: if that marker's left edge stands before it, it is lost.
    const end = skipLeft(ids, instruction.left, t)
    if (t === last) return { start, end: end === last ? ids.length : end, next: ids.length }
    return { start, end, next: skipRight(ids, instruction.right, t + instruction.core.length) }
  }
  return undefined
}

function opensMessage(ids: ArrayLike<number>, t: number, markers: ResponsesOnlyMarkers): boolean {
  const { bosId, messageStart, response } = markers
  if (bosId !== undefined && ids[t] === bosId) return true
  if (messageStart.length > 0 && isSequenceAt(ids, messageStart, t)) return true
  return isSequenceAt(ids, response.core, t)
}

/** Past as many of the optional tokens as follow at `t`, in order. */
function skipRight(ids: ArrayLike<number>, optional: readonly number[], t: number): number {
  let skipped = 0
  while (skipped < optional.length && t + skipped < ids.length && ids[t + skipped] === optional[skipped]) {
    skipped++
  }
  return t + skipped
}

/** Before as many of the optional tokens as stand in front of `t`, the last of them first. */
function skipLeft(ids: ArrayLike<number>, optional: readonly number[], t: number): number {
  let skipped = 0
  while (
    skipped < optional.length &&
    t - skipped >= 1 &&
    ids[t - skipped - 1] === optional.at(-1 - skipped)
  ) {
    skipped++
  }
  return t - skipped
}

function isPrefix(short: readonly number[], long: readonly number[]): boolean {
  return commonLength(short, long) === short.length
}
