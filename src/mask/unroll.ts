import type { Rendered } from '../template/index.ts'
import type { Answer } from './answer/answer.ts'
import type { Chat, MaskInput } from './mask-input.ts'
import { type Match, matchThrough, renderThrough } from './render-chat.ts'

/** One answer of a conversation, rendered as it stood when it had just been written. */
export interface UnrolledTurn {
  readonly message: number
  readonly rendered: Rendered
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
    const match = matchThrough(rendered.text, chat, answer.message, context)
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

/** One rendering for each of the answers given, or undefined in place of one that the template refuses to end with. */
export function unroll(input: MaskInput & { chat: Chat }, answers: readonly Answer[]): UnrolledTurn[] {
  const { chat, context, rendered } = input
  const turns: UnrolledTurn[] = []
  for (const answer of answers) {
    const through = renderThrough(chat, answer.message, context) ?? rendered
    turns.push({ message: answer.message, rendered: withEnd(through, rendered, answer) })
  }
  return turns
}

/**
 * An answer that ends with the next turn's stop token has no end once there is no next turn: it gets that token.
 */
function withEnd(through: Rendered, whole: Rendered, { end, message }: Answer): Rendered {
  if (end.by !== 'next-turn') return through
  const stop = whole.text.slice(end.eotStartChar, end.endChar)
  const text = through.text + stop
  const writer = whole.pieces.find(piece => piece.endChar > end.eotStartChar)!.writer
  return {
    ...through,
    text,
    pieces: [
      ...through.pieces,
      {
        startChar: through.text.length,
        endChar: text.length,
        source: { kind: 'literal', place: writer },
        sourceChar: undefined,
        writer,
      },
    ],
    turns: through.turns.map(turn =>
      turn.message === message && turn.endChar === through.text.length
        ? { ...turn, endChar: text.length }
        : turn,
    ),
  }
}
