import type { Conversation, PromptCompletion } from './conversation.ts'
import { type Fields, getField, hasValue, isList } from './fields.ts'
import type { ConversationFormat, ParseContext } from './format.ts'
import { FROM_VALUE, isFromValue, parseMessages, ROLE_CONTENT, toConversation } from './message-list.ts'
import { nameValue, rowError } from './row-error.ts'

/** `prompt` and `completion`, TRL's: two strings, which no template touches, or two lists of messages. */
export const promptCompletionFormat: ConversationFormat = {
  name: 'prompt-completion',
  columns: 'prompt + completion',
  detect: row => hasValue(row, 'prompt') && hasValue(row, 'completion'),
  resembles: row => getField(row, 'completion') !== undefined || getField(row, 'prompt') !== undefined,
  parse: parsePromptCompletion,
}

function parsePromptCompletion(row: Fields, context: ParseContext): PromptCompletion | Conversation {
  const prompt = getField(row, 'prompt')
  const completion = getField(row, 'completion')
  if (typeof prompt === 'string' && typeof completion === 'string') {
    return { kind: 'prompt-completion', prompt, completion }
  }
  if (isList(prompt) && isList(completion)) return parseLists(row, context)
  for (const [column, value] of [['prompt', prompt] as const, ['completion', completion] as const]) {
    if (typeof value === 'string' || isList(value)) continue
    const what = `is ${nameValue(value)}; expected a string or a list of messages`
    throw rowError('prompt-type', column, what, 'Give each row a prompt and a completion.')
  }
  const what = `is ${nameValue(completion)}, and the prompt is ${nameValue(prompt)}; expected two strings or two lists`
  throw rowError('prompt-type', 'completion', what, 'Write both the same way.')
}

function parseLists(row: Fields, context: ParseContext): Conversation {
  const shape = isFromValue(getField(row, 'completion')) ? FROM_VALUE : ROLE_CONTENT
  const prompt = parseMessages(row, 'prompt', { shape, context, allowEmpty: true })
  const firstIndex = prompt.length
  const completion = parseMessages(row, 'completion', { shape, context, firstIndex })
  return { ...toConversation(row, [...prompt, ...completion], context), promptLength: prompt.length }
}
