import type { Json } from '../json/index.ts'
import { readColumns } from './columns.ts'
import type { Conversation, Message, MessageTraining } from './conversation.ts'
import { type Fields, getField, hasValue, isFields, isList } from './fields.ts'
import type { ParseContext } from './format.ts'
import { type MessageShape, type ParsedMessage, parseMessage } from './message.ts'
import { FROM_ROLES, TEMPLATE_ROLES } from './roles.ts'
import { nameValue, rowError } from './row-error.ts'

export const ROLE_CONTENT: MessageShape = { roleKey: 'role', contentKey: 'content', roles: TEMPLATE_ROLES }
export const FROM_VALUE: MessageShape = { roleKey: 'from', contentKey: 'value', roles: FROM_ROLES }

/** Whether the messages are written with `from`; told by the first that says either. */
export function isFromValue(list: Json | undefined): boolean {
  if (!isList(list)) return false
  const first = list.find(m => isFields(m) && (hasValue(m, 'role') || hasValue(m, 'from')))
  return isFields(first) && !hasValue(first, 'role')
}

/** The messages of one column, each checked; `firstIndex` is where they start in the conversation. */
export function parseMessages(
  row: Fields,
  column: string,
  options: { shape: MessageShape; context: ParseContext; firstIndex?: number; allowEmpty?: boolean },
): ParsedMessage[] {
  const { shape, context, firstIndex = 0, allowEmpty = false } = options
  const list = getField(row, column)
  if (!isList(list)) {
    const fix = 'Write the messages as a list.'
    throw rowError('messages-type', column, `is ${nameValue(list)}; expected a list of messages`, fix)
  }
  if (list.length === 0 && !allowEmpty) {
    const fix = 'Leave the row out, or give it messages.'
    throw rowError(
      'empty-conversation',
      column,
      'is an empty list; a conversation has at least one message',
      fix,
    )
  }
  return list.map((raw, i) =>
    parseMessage(raw, shape, { where: `${column}[${i}]`, index: firstIndex + i, context }),
  )
}

export function toConversation(
  row: Fields,
  parsed: readonly ParsedMessage[],
  context: ParseContext,
): Conversation {
  // Pushed and not mapped: an array that V8's optimized `map` makes is of another kind than one that `map` makes before, and all code that
  // was optimized for messages of the one kind is thrown away when the other comes.
  const messages: Message[] = []
  const training: (MessageTraining | undefined)[] = []
  for (const each of parsed) {
    messages.push(each.message)
    training.push(each.training)
  }
  return { kind: 'conversation', messages, training, ...readColumns(row, context) }
}
