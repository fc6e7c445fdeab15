import { findSequence } from './markers.ts'

/** What the completion-only rule does to one row. */
export interface ResponseTemplateLabels {
  /** One entry for each label: 1, it stays as it is; 0, it becomes the ignore index. */
  readonly kept: Uint8Array
  /**
   * Markers that weren't found, each worth a warning. In a row without the response template the search for the instruction template
   * finds nothing either, for the row's labels are all gone by then.
   */
  readonly missing: readonly ('response' | 'instruction')[]
}

/**
 * The rule of TRL's `DataCollatorForCompletionOnlyLM` for one row.
 *
 * With the response template alone, what follows its LAST place is kept: earlier answers are not. With an instruction template too, the
 * row is cut into pairs of question and answer, the n-th place of the one with the n-th of the other, and the questions go.
 *
 * @param labels the row's labels: its ids, with -100 where they are masked already (the pad id); the search is for labels, not for ids
 * @param responseIds not empty
 * @param instructionIds not empty, or undefined to keep the last answer only
 */
export function labelAfterResponseTemplate(
  labels: ArrayLike<number>,
  responseIds: readonly number[],
  instructionIds?: readonly number[],
): ResponseTemplateLabels {
  const kept = new Uint8Array(labels.length)
  const answers = findSequence(labels, responseIds).map(t => t + responseIds.length)
  if (instructionIds === undefined) {
    const last = answers.at(-1)
    if (last === undefined) return { kept, missing: ['response'] }
    return { kept: kept.fill(1, last), missing: [] }
  }
  if (answers.length === 0) return { kept, missing: ['response', 'instruction'] }
  const questions = findSequence(labels, instructionIds)
  if (questions.length === 0) return { kept, missing: ['instruction'] }
  return { kept: dropQuestions(kept.fill(1), questions, answers), missing: [] }
}

function dropQuestions(kept: Uint8Array, found: readonly number[], answers: readonly number[]): Uint8Array {
  // A row that starts with an answer is given a question at its start.
  const questions = found[0]! > answers[0]! ? [0, ...found] : found
  for (let pair = 0; pair < Math.min(questions.length, answers.length); pair++) {
    // Where the pairing has gone wrong and the answer lies before its question, the range is empty and nothing is dropped.
    kept.fill(0, pair === 0 ? 0 : questions[pair]!, answers[pair]!)
  }
  if (answers.length < questions.length) kept.fill(0, questions.at(-1)!)
  return kept
}
