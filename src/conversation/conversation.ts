import type { Json } from '../json/index.ts'

/** One message, as the chat template sees it: the row's own keys, in the row's order. */
export interface Message {
  readonly role: string
  readonly [key: string]: Json
}

/** What a row itself says about the training of one message; taken out of the message, so that no template prints it. */
export interface MessageTraining {
  /** Loss weight: 0 is not trained. From `weight`, `train`, `training` or `loss_weight`. */
  readonly weight?: number
  /** Character ranges of the content, as Axolotl's `training_detail` has them (here [startChar, endChar), in UTF-16 units). */
  readonly detail?: readonly TrainingDetail[]
}

export interface TrainingDetail {
  readonly startChar: number
  readonly endChar: number
  readonly train: boolean
}

/** Messages, and all that a template is given with them. */
export interface Conversation {
  readonly kind: 'conversation'
  readonly messages: readonly Message[]
  /** One entry for each message. */
  readonly training: readonly (MessageTraining | undefined)[]
  /** For rows of `prompt` + `completion` messages: how many of the messages are the prompt. */
  readonly promptLength?: number
  readonly tools?: Json
  readonly documents?: Json
  /** The row's own `chat_template_kwargs`: they win over the caller's. */
  readonly chatTemplateKwargs?: Readonly<Record<string, Json>>
}

/** A row of `prompt` and `completion` strings: no template is applied. */
export interface PromptCompletion {
  readonly kind: 'prompt-completion'
  readonly prompt: string
  readonly completion: string
}

/** A row of plain `text`. */
export interface PlainText {
  readonly kind: 'text'
  readonly text: string
}

/** One row of a dataset, whatever its file's format was. */
export type Example = Conversation | PromptCompletion | PlainText
