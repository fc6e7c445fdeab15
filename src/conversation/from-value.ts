import { readSystem } from './columns.ts'
import type { Conversation } from './conversation.ts'
import { type Fields, getField, hasValue } from './fields.ts'
import type { ConversationFormat, ParseContext } from './format.ts'
import { FROM_VALUE, isFromValue, parseMessages, toConversation } from './message-list.ts'

/**
 * `conversations` (or `messages`) of `{from, value}`, as ShareGPT's: human and gpt become user and assistant, a function_call an assistant
 * message with tool calls, an observation a tool message; a `system` column comes first.
 */
export const fromValueFormat: ConversationFormat = {
  name: 'from-value',
  columns: 'conversations',
  detect: row => hasValue(row, findColumn(row)) && isFromValue(getField(row, findColumn(row))),
  resembles: row => getField(row, 'conversations') !== undefined,
  parse: parseFromValue,
}

function parseFromValue(row: Fields, context: ParseContext): Conversation {
  const system = readSystem(row)
  const column = findColumn(row)
  const firstIndex = system === undefined ? 0 : 1
  const parsed = parseMessages(row, column, { shape: FROM_VALUE, context, firstIndex })
  if (system === undefined) return toConversation(row, parsed, context)
  if (parsed[0]?.message.role === 'system') {
    // The message wins, as in LLaMA-Factory.
    const text = 'The system column is left out: the conversation starts with a system message of its own.'
    context.findings.push({ rule: 'field-ignored', severity: 'warn', text })
    return toConversation(row, parsed, context)
  }
  const first = { message: { role: 'system', content: system }, training: undefined }
  return toConversation(row, [first, ...parsed], context)
}

function findColumn(row: Fields): string {
  return hasValue(row, 'conversations') || !hasValue(row, 'messages') ? 'conversations' : 'messages'
}
