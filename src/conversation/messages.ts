import { readSystem } from './columns.ts'
import type { Conversation } from './conversation.ts'
import { type Fields, getField, hasValue } from './fields.ts'
import type { ConversationFormat, ParseContext } from './format.ts'
import { isFromValue, parseMessages, ROLE_CONTENT, toConversation } from './message-list.ts'

/**
 * `messages` (or `conversations`) of `{role, content}`: OpenAI's and TRL's format, LLaMA-Factory v1's with its typed parts, and all
 * that adds keys of its own to them. The keys reach the template as they stand.
 */
export const messagesFormat: ConversationFormat = {
  name: 'messages',
  columns: 'messages',
  detect: row => {
    const column = findColumn(row)
    return hasValue(row, column) && !isFromValue(getField(row, column))
  },
  resembles: row => getField(row, findColumn(row)) !== undefined,
  parse: parseMessagesRow,
}

function parseMessagesRow(row: Fields, context: ParseContext): Conversation {
  const parsed = parseMessages(row, findColumn(row), { shape: ROLE_CONTENT, context })
  // Nothing is added to this format, as in TRL; but a system prompt that goes nowhere is said.
  const system = getField(row, 'system')
  if (typeof system === 'string' && readSystem(row) !== undefined && parsed[0]?.message.role !== 'system') {
    const text =
      'The system column is not read in rows of messages: write it as a first message of role system.'
    context.findings.push({ rule: 'field-ignored', severity: 'warn', text })
  }
  return toConversation(row, parsed, context)
}

function findColumn(row: Fields): string {
  return hasValue(row, 'messages') || !hasValue(row, 'conversations') ? 'messages' : 'conversations'
}
