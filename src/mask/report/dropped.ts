import type { Message } from '../../conversation/index.ts'
import type { Finding } from '../../finding.ts'
import type { Json } from '../../json/index.ts'
import type { Piece, Rendered, Source } from '../../template/index.ts'
import type { MaskInput } from '../mask-input.ts'
import { renderThrough } from '../render-chat.ts'
import { Written } from './written.ts'

type OwnField = 'content' | 'reasoning' | 'tool_calls'

const OWN_FIELDS: readonly (readonly [OwnField, readonly string[]])[] = [
  ['content', ['content']],
  ['reasoning', ['reasoning_content', 'reasoning', 'thinking']],
  ['tool_calls', ['tool_calls', 'function_call']],
]

/**
 * What the messages hold and the text doesn't: a message that the template doesn't write, reasoning that it drops once later turns exist, a
 * field that it never reads. An unrolled example is asked for its own message only: what it leaves out of the others, inference does too.
 */
export function reportDropped(input: MaskInput): Finding[] {
  return [...reportMessages(input), ...reportTools(input), ...reportPrinted(input)]
}

/**
 * A content that is no text and that the template prints as Python does: null as the word None, a list of parts with its brackets. A model
 * would learn to write that.
 */
function reportPrinted({ chat, rendered }: MaskInput): Finding[] {
  const findings: Finding[] = []
  if (chat === undefined || chat.conversation.messages.every(hasTextContent)) return findings
  for (const { source, startChar, endChar } of rendered.pieces) {
    if (source.kind !== 'message' || source.path !== 'content') continue
    const { message } = source
    const content = chat.conversation.messages[message]?.['content']
    if (typeof content === 'string') continue
    const written = rendered.text.slice(startChar, endChar)
    const shown = JSON.stringify(written.slice(0, 40))
    const place = { severity: 'error', message, startChar, endChar } as const
    if (content === null && written === 'None') {
      const text = `messages[${message}].content is null, and the template writes ${shown} for it: write "" instead.`
      findings.push({ rule: 'none-in-text', text, ...place })
    } else if (Array.isArray(content) && written.startsWith("[{'")) {
      const text = `messages[${message}].content is a list of parts, and the template writes it as Python prints a list, ${shown}: write it as one string.`
      findings.push({ rule: 'content-altered', text, ...place })
    }
  }
  return findings
}

function hasTextContent(message: Message): boolean {
  return typeof message['content'] === 'string'
}

function reportTools({ chat, rendered }: MaskInput): Finding[] {
  if (!isFull(chat?.conversation.tools) || rendered.pieces.some(({ source }) => isOfTools(source))) return []
  const text =
    'The row has tools, and no character of the text comes from them: the template does not read them.'
  return [{ rule: 'tools-not-rendered', severity: 'error', text }]
}

function isOfTools(source: Source): boolean {
  if (source.kind === 'union') return source.sources.some(isOfTools)
  return source.kind === 'variable' && source.name === 'tools'
}

function reportMessages(input: MaskInput): Finding[] {
  const { chat, onlyMessage, rendered } = input
  if (chat === undefined) return []
  const all = countWritten(rendered, piece => piece.endChar - piece.startChar)
  const asked: FullField[] = []
  for (const [m, message] of chat.conversation.messages.entries()) {
    if (onlyMessage !== undefined && m !== onlyMessage) continue
    for (const [field, keys] of OWN_FIELDS) {
      for (const key of keys) {
        const value = message[key]
        const length = typeof value === 'string' ? value.length : Number(isFull(value))
        if (all.charsOf(m, field) >= length) continue
        asked.push({ m, field, key, length, text: typeof value === 'string' ? value : undefined })
      }
    }
  }
  if (asked.length === 0) return []
  // White space is trimmed everywhere, and is no loss.
  const written = countWrittenChars(rendered)
  const missing = asked.filter(field => written.charsOf(field.m, field.field) < charsOf(field.text))
  return missing.flatMap(field => reportMissing(input, field, written))
}

/** A field of a message that has something to say. */
interface FullField {
  readonly m: number
  readonly field: OwnField
  readonly key: string
  /** Undefined for a field that is more than text. */
  readonly text: string | undefined
  /** UTF-16 units; 1 for what is more than text: there is something, or nothing. */
  readonly length: number
}

function charsOf(text: string | undefined): number {
  return text === undefined ? 1 : countChars(text)
}

function isFull(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0
  return typeof value === 'object' && value !== null
}

function countWritten(rendered: Rendered, count: (piece: Piece) => number): Written {
  const written = new Written()
  for (const piece of rendered.pieces) {
    const { source } = piece
    // Characters that were rewritten can't be counted: then all of the field counts as written.
    if (source.kind === 'union') written.addAll(source)
    else if (source.kind === 'message')
      written.add(source, piece.sourceChar === undefined ? Number.POSITIVE_INFINITY : count(piece))
  }
  return written
}

function countWrittenChars(rendered: Rendered): Written {
  return countWritten(rendered, ({ startChar, endChar }) =>
    countChars(rendered.text.slice(startChar, endChar)),
  )
}

function reportMissing(input: MaskInput, missing: FullField, written: Written): Finding[] {
  const { chat, context, onlyMessage } = input
  const { m, field, key, text, length } = missing
  const found = written.charsOf(m, field)
  const through = onlyMessage === m ? undefined : renderThrough(chat!, m, context)
  const foundAsLast = through === undefined ? 0 : countWrittenChars(through).charsOf(m, field)
  if (foundAsLast > found) {
    const lost = text === undefined ? '' : `${found === 0 ? length : countChars(text) - found} characters of `
    const what = `${lost}messages[${m}].${key} are not in the text, though they are when that is the last message: the template drops them once later turns exist.`
    return [{ rule: 'content-dropped', severity: 'warn', text: what, message: m }]
  }
  if (found > 0) return []
  if (!OWN_FIELDS.some(([other]) => written.has(m, other))) {
    return [
      {
        rule: 'message-not-rendered',
        severity: 'error',
        text: `Nothing of messages[${m}] is in the text.`,
        message: m,
      },
    ]
  }
  const what = `messages[${m}].${key} is not in the text: the template does not read it.`
  return [{ rule: 'field-ignored', severity: field === 'content' ? 'warn' : 'error', text: what, message: m }]
}

function countChars(text: string): number {
  return text.replace(/\s+/g, '').length
}
