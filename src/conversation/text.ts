import type { PlainText } from './conversation.ts'
import { type Fields, getField, hasValue } from './fields.ts'
import type { ConversationFormat } from './format.ts'
import { nameValue, rowError } from './row-error.ts'

/** `text`: plain text, as for continued pre-training. */
export const textFormat: ConversationFormat = {
  name: 'text',
  columns: 'text',
  detect: row => hasValue(row, 'text'),
  resembles: row => getField(row, 'text') !== undefined,
  parse: parseText,
}

function parseText(row: Fields): PlainText {
  const text = getField(row, 'text')
  if (typeof text === 'string') return { kind: 'text', text }
  const isChat = ['messages', 'conversations'].some(column => hasValue(row, column))
  const fix =
    text === undefined && isChat
      ? 'This is a conversation: lossline show and lossline render read it.'
      : 'Write the text as a string.'
  throw rowError('text-type', 'text', `is ${nameValue(text)}; expected a string`, fix)
}
