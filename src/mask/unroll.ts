import type { Conversation } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import type { Piece, Rendered } from '../template/index.ts'
import type { Answer } from './answer/answer.ts'
import type { Chat, MaskInput } from './mask-input.ts'
import { firstMessages, type Match, matchThrough, renderThrough } from './render-chat.ts'

/** One answer of a conversation, rendered as it stood when it had just been written. */
export interface UnrolledTurn {
  readonly message: number
  /** The messages through that one; all of them where the template refuses to end with it. */
  readonly conversation: Conversation
  readonly rendered: Rendered
  /** The stop token that ends the answer in the whole text, where that is the head of the next turn. */
  readonly nextStop: string | undefined
  readonly isRefused: boolean
}

/**
 * Whether one rendering shows the model what it saw at every answer. It doesn't when, for some answer but the last message, what stood before
 * it or what was then written is written differently in the whole text. A stop token that heads the next turn is no difference, and an end
 * that only the last message lacks is none; nor is a generation prompt that the template itself contradicts in every rendering.
 */
export function rewritesHistory(input: MaskInput & { chat: Chat }, answers: readonly Answer[]): boolean {
  const { chat, context, rendered } = input
  const last = chat.conversation.messages.length - 1
  return answers.some(answer => {
    if (answer.message === last || answer.role !== 'assistant') return false
    const match = matchThrough(rendered, chat, answer.message, context)
    return match !== undefined && !match.isPrefix && !isWrittenTheSame(input, answer, match)
  })
}

function isWrittenTheSame(
  { chat, context }: MaskInput & { chat: Chat },
  answer: Answer,
  match: Match,
): boolean {
  const { end, message } = answer
  // Up to its end token the answer has to be there; after that, the last message's own rendering may just lack an end.
  if (match.agreedChars < end.eotStartChar) return false
  if (match.agreedChars >= end.endChar) return true
  const through = renderThrough(chat, message, context)!.text
  return through.slice(end.eotStartChar).trim() === ''
}

/** What the examples of one conversation may take; ten times what the longest of agents' traces do. */
const MAX_BYTES = 2 ** 30
/** A unit of text and its share of tokens; a piece of it. */
const UNIT_BYTES = 5
const PIECE_BYTES = 150

/**
 * One rendering for each of the answers given.
 *
 * @throws LosslineError `mask/unroll` where they would be too much together: thousands of answers, each with all before it
 */
export function unroll(input: MaskInput & { chat: Chat }, answers: readonly Answer[]): UnrolledTurn[] {
  const { chat, context, rendered } = input
  checkSize(rendered, answers.length)
  return answers.map(({ message, end }) => {
    const through = renderThrough(chat, message, context)
    const conversation = firstMessages(chat.conversation, message + 1)
    if (through === undefined)
      return { message, conversation: chat.conversation, rendered, nextStop: undefined, isRefused: true }
    const nextStop = end.by === 'next-turn' ? rendered.text.slice(end.eotStartChar, end.endChar) : undefined
    return { message, conversation, rendered: through, nextStop, isRefused: false }
  })
}

function checkSize({ text, pieces }: Rendered, answers: number): void {
  const byteLength = ((text.length * UNIT_BYTES + pieces.length * PIECE_BYTES) * answers) / 2
  if (byteLength <= MAX_BYTES) return
  const what = `the template rewrites history, and the conversation would become ${answers.toLocaleString('en-US')} examples of about ${Math.round(byteLength / 2 ** 30)} GB together`
  const fix = 'Split it into shorter ones, or render it once with {unroll} never.'
  throw new LosslineError('mask/unroll', what, { fix })
}

/** A rendering that ends with message m, with the stop token that a next turn would have begun with. */
export function appendStop(through: Rendered, message: number, stop: string): Rendered {
  const startChar = through.text.length
  const endChar = startChar + stop.length
  const { writer } = through.pieces.at(-1)!
  const piece: Piece = {
    startChar,
    endChar,
    source: { kind: 'literal', place: writer },
    sourceChar: undefined,
    writer,
  }
  return {
    text: through.text + stop,
    pieces: [...through.pieces, piece],
    turns: through.turns.map(turn =>
      turn.message === message && turn.endChar === startChar ? { ...turn, endChar } : turn,
    ),
    marks: through.marks,
    usesClock: through.usesClock,
  }
}
