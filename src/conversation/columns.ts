import type { Json } from '../json/index.ts'
import type { Conversation } from './conversation.ts'
import { type Fields, getEntries, getField, hasValue, isFields, isList, toObject } from './fields.ts'
import type { ParseContext } from './format.ts'
import { parseJsonText } from './json-text.ts'
import { nameValue, rowError } from './row-error.ts'

type ConversationColumns = Pick<Conversation, 'tools' | 'documents' | 'chatTemplateKwargs'>

/** The columns beside the messages that a template is given: `tools`, `documents`, `chat_template_kwargs`. Null is absent. */
export function readColumns(row: Fields, context: ParseContext): ConversationColumns {
  const tools = readTools(getField(row, 'tools') ?? null)
  reportBareTools(tools, context)
  const documents = readDocuments(getField(row, 'documents') ?? null)
  const chatTemplateKwargs = readKwargs(getField(row, 'chat_template_kwargs') ?? null)
  return {
    ...(tools !== undefined && { tools }),
    ...(documents !== undefined && { documents }),
    ...(chatTemplateKwargs !== undefined && { chatTemplateKwargs }),
  }
}

/** The text of a `system` column, undefined where there is none. */
export function readSystem(row: Fields): string | undefined {
  const system = getField(row, 'system') ?? ''
  if (typeof system === 'string') return system === '' ? undefined : system
  throw rowError(
    'system-type',
    'system',
    `is ${nameValue(system)}; expected a string`,
    'Write the text as a string.',
  )
}

/** A list, or a list written as JSON text, as TRL takes both. An empty list stays one: some templates tell it from none. */
function readTools(value: Json): readonly Json[] | undefined {
  const fix = 'Write a list of tools, or leave the column out.'
  if (value === null || (typeof value === 'string' && value.trim() === '')) return undefined
  const tools = typeof value === 'string' ? parseTools(value, fix) : value
  if (tools === null) return undefined
  if (!isList(tools)) {
    const written = typeof value === 'string' ? 'holds' : 'is'
    throw rowError('tools-type', 'tools', `${written} ${nameValue(tools)}; expected a list`, fix)
  }
  tools.forEach((tool, i) => {
    if (!isFields(tool)) {
      throw rowError('tools-type', `tools[${i}]`, `is ${nameValue(tool)}; expected an object`, fix)
    }
  })
  return tools
}

/** Tools stay as they are written, as in TRL, also where a template would look for another shape. */
function reportBareTools(tools: readonly Json[] | undefined, context: ParseContext): void {
  const bare =
    tools?.findIndex(tool => isFields(tool) && !hasValue(tool, 'function') && hasValue(tool, 'name')) ?? -1
  if (bare < 0) return
  const text = `tools[${bare}] has no "function": many templates read {"type": "function", "function": {"name": …}}.`
  context.findings.push({ rule: 'tool-without-function', severity: 'info', text })
}

// Rows of one file repeat their tools: one object for all of them lets a template's work on it be done once.
let lastTools: { readonly text: string; readonly value: Json } | undefined

function parseTools(text: string, fix: string): Json {
  if (lastTools?.text !== text) lastTools = { text, value: parseJsonText(text, 'tools', fix) }
  return lastTools.value
}

function readDocuments(value: Json): Json | undefined {
  if (value === null) return undefined
  if (isList(value)) return value
  const fix = 'Write a list of documents, or rename the column.'
  throw rowError('documents-type', 'documents', `is ${nameValue(value)}; expected a list`, fix)
}

function readKwargs(value: Json): Conversation['chatTemplateKwargs'] | undefined {
  if (value === null) return undefined
  if (isFields(value))
    return value instanceof Map ? toObject(getEntries(value)) : (value as Record<string, Json>)
  const fix = 'Write {"enable_thinking": false} and the like.'
  throw rowError('kwargs-type', 'chat_template_kwargs', `is ${nameValue(value)}; expected an object`, fix)
}
