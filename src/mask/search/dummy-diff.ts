import { LosslineError } from '../../error.ts'
import type { CharRange } from '../../template/index.ts'
import type { Encoded } from '../../tokenizer/index.ts'
import type { Chat, MaskInput } from '../mask-input.ts'
import { tryRender } from '../render-chat.ts'

/** Where a turn was found; undefined where the renderings tell nothing. */
export interface FoundTurn {
  readonly startToken: number
  readonly endToken: number
}

/** What Axolotl writes in a turn's place: two texts of different ends, since a template may write next to one what it begins or ends with. */
const DUMMIES = ['[[dummy_message]]', 'zzdummymessagezz']

/**
 * Finds a message as Axolotl's chat_template strategy does (0.19): the conversation is rendered with a dummy in the message's place, of its role and no
 * more, and the message is what differs, taken over two dummies. Older versions compared the ids of the messages through it.
 *
 * What of a message the dummy shares is outside: a header, and what the template writes of itself (an empty `<think>`, the end of the turn).
 *
 * @throws LosslineError `mask/turn-refused` where the template refuses the conversation with a dummy in it
 */
export function findTurnByDummy(
  { chat, context, encoded, rendered }: MaskInput & { chat: Chat },
  m: number,
): FoundTurn | undefined {
  const { conversation } = chat
  const ranges = DUMMIES.map(content => {
    const { role } = conversation.messages[m]!
    const messages = conversation.messages.with(m, { role, content })
    const dummy = tryRender(chat, { ...conversation, messages }, context, false)
    if (dummy === undefined) throw refused(m)
    return findDifference(rendered.text, dummy.text)
  })
  const startChar = Math.min(...ranges.map(range => range.startChar))
  const endChar = Math.max(...ranges.map(range => range.endChar))
  return endChar <= startChar ? undefined : toTokens(encoded, { startChar, endChar })
}

/** The stretch of `text` that `other` doesn't have: the ends that they share don't overlap. */
function findDifference(text: string, other: string): CharRange {
  const shorter = Math.min(text.length, other.length)
  let startChar = 0
  while (startChar < shorter && text[startChar] === other[startChar]) startChar++
  const limit = shorter - startChar
  let shared = 0
  while (shared < limit && text.at(-1 - shared) === other.at(-1 - shared)) shared++
  return { startChar, endChar: text.length - shared }
}

/** From the first token that ends behind the range's start, to the first that starts at its end or later. */
function toTokens({ starts, ends }: Encoded, { startChar, endChar }: CharRange): FoundTurn | undefined {
  const startToken = ends.findIndex(end => end > startChar)
  if (startToken === -1) return undefined
  const next = starts.findIndex(start => start >= endChar)
  const endToken = next === -1 ? starts.length : next
  return endToken <= startToken ? undefined : { startToken, endToken }
}

function refused(m: number): LosslineError {
  const what = `The template refuses the conversation with a dummy in the place of messages[${m}].`
  return new LosslineError('mask/turn-refused', what, {
    fix: 'Use the strategy assistant, which needs none.',
  })
}

/** How far behind a turn its end-of-turn token may stand. */
const MAX_GAP = 3

/**
 * The end-of-turn token that Axolotl takes for a turn's: the first from its end on, no more than three tokens away. A turn that wasn't found ends at
 * -1, Python's index of the last token, and so does the search.
 */
export function findEotByGap(
  ids: ArrayLike<number>,
  eot: number | undefined,
  endToken: number,
): number | undefined {
  if (eot === undefined) return undefined
  if (endToken === -1 && ids[ids.length - 1] === eot) return undefined
  for (let t = Math.max(0, endToken); t < ids.length && t - endToken <= MAX_GAP; t++)
    if (ids[t] === eot) return t
  return undefined
}
