import type { Conversation } from '../conversation/index.ts'
import { type MaskContext, type Masked, maskExample } from '../mask/index.ts'
import type { Rendered } from '../template/index.ts'
import type { Encoded } from '../tokenizer/index.ts'
import type { LongProbe } from './probes.ts'
import {
  attempt,
  countShared,
  type findDifferent,
  findDifferentTokens,
  hasSource,
  toTokenStart,
} from './render.ts'

/** An earlier answer, as it was when the model had written it and as later turns see it. */
export interface HistoryReport {
  /** The message that is looked at: the first that is rewritten, else the first answer. */
  readonly message: number
  readonly isRewritten: boolean
  /** The turn as it was when it had just been written. */
  readonly written: string
  /** The same turn once later ones exist. */
  readonly later: string
  /** Where the two differ. */
  readonly different: ReturnType<typeof findDifferent>
  /** What is not there any more of what the message itself says: `reasoning`, `content`, `tool_calls`. */
  readonly lost: readonly string[]
  /** Whether what stands before the turn is written otherwise, too, and what of it: `written` and `later` then begin there. */
  readonly isMoved: boolean
}

/** A conversation that a template rewrites, the smallest there is. */
export interface RewrittenProbe extends HistoryReport {
  readonly probe: string
}

/** The smallest conversations that show what a template rewrites: one for each thing that is lost. */
export function findRewritten(probes: readonly LongProbe[], context: MaskContext): RewrittenProbe[] {
  const found = new Map<string, RewrittenProbe>()
  for (const { name, conversation } of probes) {
    const history = reportHistory(conversation, context)
    if (history === undefined || !history.isRewritten) continue
    const key = `${history.isMoved} ${history.lost.join(' ')}`
    if (!found.has(key)) found.set(key, { probe: name, ...history })
  }
  return [...found.values()]
}

/** @returns undefined where the template refuses the conversation */
export function reportHistory(conversation: Conversation, context: MaskContext): HistoryReport | undefined {
  const { value } = attempt(() => {
    const masks = maskExample(conversation, context, { strategy: 'assistant' })
    const [whole] = maskExample(conversation, context, { strategy: 'assistant', unroll: 'never' }) as [Masked]
    return { masks, whole }
  })
  if (value === undefined) return undefined
  const { masks, whole } = value
  const first = conversation.messages.findIndex(({ role }) => role === 'assistant')
  if (masks.length < 2) return toReport({ through: whole, whole }, first, false, context)
  const rewritten = masks.find(
    ({ rendered, turn }) => turn !== undefined && !whole.rendered.text.startsWith(rendered.text),
  )
  return toReport({ through: rewritten ?? masks[0]!, whole }, rewritten?.turn ?? first, true, context)
}

function toReport(
  { through, whole }: { readonly through: Masked; readonly whole: Masked },
  message: number,
  isRewritten: boolean,
  { tokenizer }: MaskContext,
): HistoryReport {
  const turnBefore = findTurn(through.rendered, message)
  const turnAfter = findTurn(whole.rendered, message)
  const [a, b] = [through.rendered.text, whole.rendered.text]
  const shared = countShared(a.slice(0, turnBefore.startChar), b.slice(0, turnAfter.startChar))
  // A template may write the last turn outside of its loop: what stands round it is then no iteration.
  const first = Math.min(turnBefore.startChar, turnAfter.startChar)
  const isMoved = shared < first
  const startA = isMoved ? toTokenStart(through.encoded, shared) : first
  const startB = isMoved ? toTokenStart(whole.encoded, shared) : first
  const written = a.slice(startA, turnBefore.endChar)
  const later = b.slice(startB, turnAfter.endChar)
  const lost = OWN.filter(
    field => countChars(through.rendered, message, field) > countChars(whole.rendered, message, field),
  )
  const encode = (text: string): Encoded => tokenizer.encode(text, { addSpecialTokens: false })
  const different = findDifferentTokens(encode(written), encode(later))
  return { message, isRewritten, written, later, different, lost, isMoved }
}

const OWN = ['reasoning', 'tool_calls', 'content'] as const

/** The message's iteration, or what lies round its own characters. */
function findTurn(
  { turns, pieces, text }: Rendered,
  message: number,
): { startChar: number; endChar: number } {
  const turn = turns.find(turn => turn.message === message)
  if (turn !== undefined) return turn
  const own = pieces.filter(({ source }) =>
    hasSource(source, s => s.kind === 'message' && s.message === message),
  )
  return { startChar: own[0]?.startChar ?? text.length, endChar: own.at(-1)?.endChar ?? text.length }
}

function countChars({ pieces }: Rendered, message: number, field: string): number {
  return pieces.reduce(
    (sum, { source, startChar, endChar }) =>
      hasSource(source, s => s.kind === 'message' && s.message === message && s.field === field)
        ? sum + endChar - startChar
        : sum,
    0,
  )
}
