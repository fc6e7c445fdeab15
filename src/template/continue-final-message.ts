import type { Message } from '../conversation/index.ts'
import { stripRange } from './python/index.ts'
import { TemplateError } from './template-error.ts'

/** transformers' own mark; it is put behind the last message's text, and the rendered text is cut there. */
const TAG = 'CONTINUE_FINAL_MESSAGE_TAG '

/**
 * The messages with transformers' mark behind the text of the last one: of content parts, behind the last text.
 *
 * @throws TemplateError `template/options` when the last message has no text that could be continued
 */
export function tagFinalMessage(messages: readonly Message[]): Message[] {
  const last = messages.at(-1)
  if (last === undefined) throw noText('there is no message')
  const { content } = last
  if (typeof content === 'string') return [...messages.slice(0, -1), { ...last, content: content + TAG }]
  if (!Array.isArray(content)) throw noText('its content is no text')
  const parts = [...content]
  for (let i = parts.length - 1; i >= 0; i--) {
    const part: unknown = parts[i]
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, 'text')) continue
    const { text } = part as { text: unknown }
    if (typeof text !== 'string') break
    parts[i] = { ...part, text: text + TAG }
    return [...messages.slice(0, -1), { ...last, content: parts }]
  }
  throw noText('none of its parts is text')
}

/**
 * How much of a text that was rendered with {@link tagFinalMessage} is kept: what stands before the mark, without white space at the end
 * where the template took away the mark's own.
 *
 * @throws TemplateError `template/options` when the template did not write the last message
 */
export function findFinalMessageEnd(text: string): number {
  const at = text.lastIndexOf(TAG.trimEnd())
  if (at < 0) {
    throw new TemplateError(
      'template/options',
      'continue_final_message is set, but the template does not write the last message as it stands',
      { fix: 'Leave out {continue_final_message}, or change the last message.' },
    )
  }
  if (text.startsWith(TAG, at)) return at
  return stripRange(text.slice(0, at), undefined, 'right')[1]
}

function noText(why: string): TemplateError {
  return new TemplateError(
    'template/options',
    `continue_final_message is set, but the last message can't be continued: ${why}`,
    { fix: 'Leave out {continue_final_message}, or give the last message text.' },
  )
}
