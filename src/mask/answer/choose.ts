import type { MessageTraining } from '../../conversation/index.ts'
import type { MaskInput } from '../mask-input.ts'
import type { Answer } from './answer.ts'
import { findAnswers, hasTrainedDetail } from './answers.ts'

/** Which of the answers the options choose, and with what weight. */
export interface ChosenAnswers {
  trains(answer: Answer): boolean
  trainsEnd(answer: Answer): boolean
  weightOf(answer: Answer): number
}

/** What the row says of a message wins over `roles`, as in Axolotl. */
export function chooseAnswers(
  { options, chat, onlyMessage }: MaskInput,
  answers: readonly Answer[],
): ChosenAnswers {
  const roles = options.roles ?? ['assistant']
  const training = (answer: Answer): MessageTraining | undefined =>
    chat?.conversation.training[answer.message]
  const weightOf = (answer: Answer): number =>
    training(answer)?.weight ?? (roles.includes(answer.role) ? 1 : 0)
  const isAsked = (answer: Answer): boolean => weightOf(answer) !== 0 || hasTrainedDetail(training(answer))
  const last = answers.findLast(answer => roles.includes(answer.role))
  const trains = (answer: Answer): boolean => {
    if (!isAsked(answer)) return false
    return onlyMessage === undefined
      ? options.turns !== 'last' || answer === last
      : answer.message === onlyMessage
  }
  const lastTrained = answers.findLast(trains)
  const trainOnEot = options.trainOnEot ?? 'turn'
  return {
    trains,
    trainsEnd: answer =>
      trains(answer) && (trainOnEot === 'turn' || (trainOnEot === 'last' && answer === lastTrained)),
    weightOf,
  }
}

/** The answers that are trained. */
export function findChosenAnswers(input: MaskInput): Answer[] {
  const answers = findAnswers(input)
  const chosen = chooseAnswers(input, answers)
  return answers.filter(answer => chosen.trains(answer))
}
