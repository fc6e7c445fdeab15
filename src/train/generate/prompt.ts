import type { Conversation, Example } from '../../conversation/index.ts'
import { LosslineError } from '../../error.ts'
import type { MaskContext } from '../../mask/index.ts'
import { selectTemplate } from '../../template/index.ts'

/** What a model is given to answer. */
export interface Prompt {
  readonly ids: readonly number[]
  /** For people: the last message, or the text. */
  readonly shown: string
}

/**
 * The prompt that a row is at inference: a conversation up to its last answer, rendered with the generation prompt; of a row of prompt and
 * completion the prompt; a text as it is.
 *
 * @throws LosslineError `generate/no-template`, `generate/no-prompt`; `template/…` where the template refuses the conversation
 */
export function toPrompt(example: Example, context: MaskContext): Prompt {
  const { tokenizer } = context
  if (example.kind !== 'conversation') {
    const text = example.kind === 'text' ? example.text : example.prompt
    return { ids: [...tokenizer.encode(text).ids], shown: text }
  }
  const conversation = withoutAnswer(example)
  if (context.templates.length === 0) {
    throw new LosslineError(
      'generate/no-template',
      'A conversation needs a chat template and none was found.',
      {
        fix: 'Give one with {chat_template}, or a model folder that has chat_template.jinja.',
      },
    )
  }
  const text = selectTemplate(context.templates, conversation).renderText(conversation, {
    addGenerationPrompt: true,
    variables: context.specialTokens,
    chatTemplateKwargs: context.chatTemplateKwargs,
    now: context.now,
  })
  const last = conversation.messages.at(-1)?.['content']
  // The template writes BOS itself.
  const ids = [...tokenizer.encode(text, { addSpecialTokens: false }).ids]
  return { ids, shown: typeof last === 'string' ? last : JSON.stringify(last ?? '') }
}

/** A question, asked of a chat model as the only message, of others as a text to go on with. */
export function toQuestion(text: string, context: MaskContext): Prompt {
  if (context.templates.length === 0) return toPrompt({ kind: 'text', text }, context)
  const messages = [{ role: 'user', content: text }]
  return toPrompt({ kind: 'conversation', messages, training: [undefined] }, context)
}

function withoutAnswer(conversation: Conversation): Conversation {
  const { messages, training, promptLength } = conversation
  const lastAnswer = messages.findLastIndex(({ role }) => role === 'assistant')
  const isAnswered = lastAnswer !== -1 && lastAnswer === messages.length - 1
  const count = promptLength ?? (isAnswered ? lastAnswer : messages.length)
  if (count === 0) {
    const fix = 'A conversation has to have a message before the answer.'
    throw new LosslineError('generate/no-prompt', 'has nothing to be answered', { fix })
  }
  return { ...conversation, messages: messages.slice(0, count), training: training.slice(0, count) }
}
