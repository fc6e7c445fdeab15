import type { Json } from '../json/index.ts'
import { readSystem } from './columns.ts'
import type { Conversation, Message } from './conversation.ts'
import { type Fields, getField, hasValue, isList } from './fields.ts'
import type { ConversationFormat, ParseContext } from './format.ts'
import { toConversation } from './message-list.ts'
import { nameValue, rowError } from './row-error.ts'

/**
 * `instruction`, `input`, `output`, with `system` and `history` where they are: Alpaca's columns, read as LLaMA-Factory does. The input
 * follows the instruction on a line of its own; an empty one adds none.
 */
export const alpacaFormat: ConversationFormat = {
  name: 'alpaca',
  columns: 'instruction + output',
  detect: row => hasValue(row, 'instruction') && hasValue(row, 'output'),
  resembles: row => getField(row, 'instruction') !== undefined,
  parse: parseAlpaca,
}

function parseAlpaca(row: Fields, context: ParseContext): Conversation {
  const system = readSystem(row)
  const question = [readText(row, 'instruction'), readText(row, 'input', '')].filter(text => text !== '')
  const messages: Message[] = [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    ...readHistory(getField(row, 'history') ?? []),
    { role: 'user', content: question.join('\n') },
    { role: 'assistant', content: readText(row, 'output') },
  ]
  return toConversation(
    row,
    messages.map(message => ({ message, training: undefined })),
    context,
  )
}

function readText(row: Fields, column: string, absent?: string): string {
  const value = getField(row, column) ?? absent
  if (typeof value === 'string') return value
  const what = `is ${nameValue(getField(row, column))}; expected a string`
  throw rowError('text-type', column, what, 'Write the text as a string.')
}

/** Earlier turns, `[[question, answer], …]`. */
function readHistory(history: Json): Message[] {
  const fix = 'Write a list of [question, answer].'
  if (!isList(history))
    throw rowError('history-type', 'history', `is ${nameValue(history)}; expected a list`, fix)
  return history.flatMap((pair, i) => {
    const [question, answer, ...more] = isList(pair) ? pair : []
    if (typeof question === 'string' && typeof answer === 'string' && more.length === 0) {
      return [
        { role: 'user', content: question },
        { role: 'assistant', content: answer },
      ]
    }
    throw rowError('history-type', `history[${i}]`, `is ${nameValue(pair)}; expected two strings`, fix)
  })
}
