import { LosslineError } from '../../error.ts'
import type { MaskInput } from '../mask-input.ts'
import { firstMessages, tryRender } from '../render-chat.ts'
import { commonLength } from './markers.ts'

/** How many tokens the prompt of a prompt-completion row has alone, and how many of them the whole example starts with. */
export interface PromptTokens {
  readonly count: number
  readonly agreed: number
}

/**
 * Encodes the prompt by itself: messages with what prompts the model to answer, text as the tokenizer has it.
 *
 * @throws LosslineError `mask/prompt-refused` where the template doesn't render the prompt's messages alone
 */
export function countPromptTokens({ example, chat, context, encoded }: MaskInput): PromptTokens {
  const text = toPromptText({ example, chat, context })
  const { ids } = context.tokenizer.encode(text, { addSpecialTokens: chat === undefined })
  return { count: ids.length, agreed: commonLength(ids, encoded.ids) }
}

function toPromptText({ example, chat, context }: Pick<MaskInput, 'example' | 'chat' | 'context'>): string {
  if (example.kind === 'prompt-completion') return example.prompt
  if (chat === undefined) return ''
  const { promptLength = 0 } = chat.conversation
  const prompt = tryRender(chat, firstMessages(chat.conversation, promptLength), context, true)
  if (prompt !== undefined) return prompt.text
  throw new LosslineError('mask/prompt-refused', 'The template refuses the messages of the prompt alone.', {
    fix: 'Use the strategy assistant, which needs no rendering of them.',
  })
}
