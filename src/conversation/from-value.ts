import type { Finding } from '../finding.ts'
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
  const findings: Finding[] = []
  const parsed = parseMessages(row, findColumn(row), { shape: FROM_VALUE, context: { ...context, findings } })
  if (system === undefined || parsed[0]?.message.role === 'system') {
    for (const finding of findings) context.findings.push(finding)
    if (system !== undefined) {
      // The message wins, as in LLaMA-Factory.
      const text = 'The system column is left out: the conversation starts with a system message of its own.'
      context.findings.push({ rule: 'field-ignored', severity: 'warn', text })
    }
    return toConversation(row, parsed, context)
  }
  // Findings count messages of the conversation, where the system message comes first.
  for (const finding of findings) context.findings.push({ ...finding, message: (finding.message ?? 0) + 1 })
  const first = { message: { role: 'system', content: system }, training: undefined }
  return toConversation(row, [first, ...parsed], context)
}

function findColumn(row: Fields): string {
  return hasValue(row, 'conversations') || !hasValue(row, 'messages') ? 'conversations' : 'messages'
}
