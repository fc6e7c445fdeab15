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
  return { conversation, template: selectTemplate(context.templates, conversation) }
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

/** The text of {@link renderPrompt} alone: cheaper. */
export function renderPromptText(chat: Chat, m: number, context: MaskContext): string | undefined {
  try {
    return chat.template.renderText(firstMessages(chat.conversation, m), renderOptions(context, true))
  } catch (error) {
    if (error instanceof LosslineError) return undefined
    throw error
  }
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
  try {
    return chat.template.render(conversation, renderOptions(context, addGenerationPrompt))
  } catch (error) {
    if (error instanceof LosslineError) return undefined
    throw error
  }
}

function renderOptions(context: MaskContext, addGenerationPrompt: boolean): RenderOptions {
  return {
    addGenerationPrompt,
    variables: context.specialTokens,
    ...(context.chatTemplateKwargs === undefined ? {} : { chatTemplateKwargs: context.chatTemplateKwargs }),
    ...(context.now === undefined ? {} : { now: context.now }),
  }
}
