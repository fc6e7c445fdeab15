import { type Masked, REASONS, type TokenReason } from '../mask/index.ts'

/** How a tool's mask differs from what a model has to write, with what that does, worst first. */
export const KINDS = {
  'turn-lost': 'answers of which nothing is trained',
  'stop-lost': 'stop tokens that are not trained: the model does not learn to end its answer there',
  'part-lost': 'parts of an answer that are not trained',
  'prompt-trained': 'text that the model is given is trained: what users, tools and system messages say',
  'header-trained': 'what prompts the model to answer is trained, though inference supplies it',
  'after-stop-trained': 'what follows the stop token is trained, though generation has ended before it',
  'template-trained': 'other text of the template is trained',
  'left-out-trained':
    'parts of answers are trained that the row, an option or the place where they stand leaves out',
} as const

export type DifferenceKind = keyof typeof KINDS

/** What it is called to train a token that the exact mask leaves out, by its reason to do so. */
const TRAINED_KINDS: Partial<Record<TokenReason, DifferenceKind>> = {
  prompt: 'prompt-trained',
  'generation-prompt': 'header-trained',
  'after-stop': 'after-stop-trained',
  template: 'template-trained',
  'added-by-tokenizer': 'template-trained',
}

/** @param t a token that the tool trains and the exact mask does not */
export function kindOfTrained(exact: Masked, t: number): DifferenceKind {
  const kind = TRAINED_KINDS[REASONS[exact.reasons[t]!]!] ?? 'left-out-trained'
  // An answer's own text behind the result of its call.
  const isAnswers = kind === 'prompt-trained' && exact.roles[exact.messages[t]!] === 'assistant'
  return isAnswers ? 'left-out-trained' : kind
}

/**
 * @param t a token that the exact mask trains and the tool does not
 * @param isFound whether the tool trains any token of the same answer
 */
export function kindOfLost(exact: Masked, t: number, isFound: boolean): DifferenceKind {
  if (!isFound) return 'turn-lost'
  return REASONS[exact.reasons[t]!] === 'end-of-turn' ? 'stop-lost' : 'part-lost'
}
