import type { Conversation } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import { type Rendered, type RenderOptions, selectTemplate } from '../template/index.ts'
import type { Chat, MaskContext } from './mask-input.ts'

/** The conversation with the template that its model would use for it. */
export function toChat(conversation: Conversation, context: MaskContext): Chat {
  if (context.templates.length === 0) {
    throw new LosslineError('mask/no-template', 'A conversation needs a chat template and none was found.', {
      fix: 'Give one with {chat_template}, or a model folder that has chat_template.jinja.',
    })
  }
  return { conversation, template: selectTemplate(context.templates, conversation), spent: { messages: 0 } }
}

/** The whole conversation, as it is trained on. */
export function renderWhole(chat: Chat, context: MaskContext): Rendered {
  return chat.template.render(chat.conversation, renderOptions(context, false))
}

/** What a model is given before it writes message m, or undefined where the template refuses to render that. */
export function renderPrompt(chat: Chat, m: number, context: MaskContext): Rendered | undefined {
  return tryRender(chat, firstMessages(chat.conversation, m), context, true)
}

/** The messages before m, without a generation prompt. */
export function renderHistory(chat: Chat, m: number, context: MaskContext): Rendered | undefined {
  return tryRender(chat, firstMessages(chat.conversation, m), context, false)
}

/** The conversation as it stood when message m had just been written. */
export function renderThrough(chat: Chat, m: number, context: MaskContext): Rendered | undefined {
  return tryRender(chat, firstMessages(chat.conversation, m + 1), context, false)
}

/** How far the whole agrees with {@link renderPrompt}: cheaper. */
export function matchPrompt(whole: Rendered, chat: Chat, m: number, context: MaskContext): Match | undefined {
  return tryMatch(whole, chat, m, renderOptions(context, true))
}

/** How far the whole agrees with {@link renderThrough}. */
export function matchThrough(
  whole: Rendered,
  chat: Chat,
  m: number,
  context: MaskContext,
): Match | undefined {
  return tryMatch(whole, chat, m + 1, renderOptions(context, false))
}

export interface Match {
  /** UTF-16 units that both start with. */
  readonly agreedChars: number
  /** Whether that is all of what would be rendered. */
  readonly isPrefix: boolean
}

function tryMatch(whole: Rendered, chat: Chat, count: number, options: RenderOptions): Match | undefined {
  const { conversation, template } = chat
  if (!template.knowsFirst(whole, count)) spend(chat, count)
  return orRefused(() => template.matchFirst(whole, conversation, count, options))
}

/** Some ten seconds of work: 5,800 questions and their answers. */
const MAX_MESSAGES = 2 ** 24

/** What is rendered anew for each answer grows with the square of the messages: a row must not take hours. */
function spend({ conversation, spent }: Chat, messages: number): void {
  spent.messages += messages
  if (spent.messages <= MAX_MESSAGES) return
  const what = `has ${conversation.messages.length.toLocaleString('en-US')} messages, too many for a template that has to render each answer’s prompt anew`
  throw new LosslineError('mask/messages', what, { fix: 'Split the conversation into shorter ones.' })
}

/** The first `count` messages, with everything else of the conversation. */
export function firstMessages(conversation: Conversation, count: number): Conversation {
  return {
    ...conversation,
    messages: conversation.messages.slice(0, count),
    training: conversation.training.slice(0, count),
  }
}

/** Any conversation in place of the chat's own, or undefined where the template refuses it. */
export function tryRender(
  chat: Chat,
  conversation: Conversation,
  context: MaskContext,
  addGenerationPrompt: boolean,
): Rendered | undefined {
  spend(chat, conversation.messages.length)
  return orRefused(() => chat.template.render(conversation, renderOptions(context, addGenerationPrompt)))
}

function orRefused<T>(render: () => T): T | undefined {
  try {
    return render()
  } catch (error) {
    // A template that does not end refuses nothing: it would not end for the next answer either.
    if (error instanceof LosslineError && error.code !== 'template/limit') return undefined
    throw error
  }
}

function renderOptions(
  { specialTokens, chatTemplateKwargs, now, limits }: MaskContext,
  addGenerationPrompt: boolean,
): RenderOptions {
  return { addGenerationPrompt, variables: specialTokens, chatTemplateKwargs, now, limits }
}
