import type { MessageTraining } from '../../conversation/index.ts'
import type { Chat, MaskInput } from '../mask-input.ts'
import type { Answer, AnswerStart, TurnText } from './answer.ts'
import { findAnswerEnd } from './end.ts'
import { findOwners } from './owners.ts'
import { findAnswerStart } from './start.ts'
import { findTurnText } from './turn-text.ts'

/** All answers of a rendered conversation, in order: the assistant's, and messages that `roles` or the row itself asks for. */
export function findAnswers(input: MaskInput): readonly Answer[] {
  if (input.answers !== undefined) return input.answers
  if (input.chat === undefined) return []
  const withChat = input as MaskInput & { chat: Chat }
  const { conversation } = input.chat
  const owners = findOwners(input.rendered)
  const roles = input.options.roles ?? ['assistant']
  const answers: Answer[] = []
  let previousEndChar = 0
  for (const [m, message] of conversation.messages.entries()) {
    const training = conversation.training[m]
    const isAsked = (training?.weight ?? 0) !== 0 || hasTrainedDetail(training)
    if (message.role !== 'assistant' && !roles.includes(message.role) && !isAsked) continue
    const turn = findTurnText(input.rendered, owners, m)
    if (turn === undefined) continue
    // Of an unrolled example only its own answer is trained: where the others begin says no more than why they aren't.
    const isAsker = message.role === 'assistant' && (input.onlyMessage ?? m) === m
    const start = isAsker
      ? findAnswerStart(withChat, turn, previousEndChar)
      : startOfGiven(turn, previousEndChar)
    const end = findAnswerEnd(input, owners, turn, start.startChar)
    answers.push({ message: m, role: message.role, turn, start, end })
    previousEndChar = Math.max(previousEndChar, end.endChar)
  }
  return answers
}

/** A message that no model writes begins with its own first character: its header is never asked for. */
function startOfGiven(turn: TurnText, previousEndChar: number): AnswerStart {
  return {
    startChar: Math.max(turn.ownStartChar ?? turn.startChar, previousEndChar),
    from: 'prompt',
  }
}

export function hasTrainedDetail(training: MessageTraining | undefined): boolean {
  return training?.detail?.some(range => range.train) ?? false
}
