import type { Conversation, Example } from '../conversation/index.ts'
import type { Json } from '../json/index.ts'
import type { ChatTemplate, Rendered, RenderLimits } from '../template/index.ts'
import type { Encoded, Tokenizer } from '../tokenizer/index.ts'
import type { Answer } from './answer/answer.ts'
import type { MaskOptions } from './options.ts'

/** What is the same for all rows of a run. */
export interface MaskContext {
  readonly tokenizer: Tokenizer
  /** The model's chat templates; may be empty where no row is a conversation. */
  readonly templates: readonly ChatTemplate[]
  /** `bos_token`, `eos_token`, …: variables of the template, and the EOS that plain text gets. */
  readonly specialTokens: Readonly<Record<string, string | readonly string[]>>
  /** Ids that end generation. */
  readonly stopIds: ReadonlySet<number>
  /** The caller's `chat_template_kwargs`; a row's own win. */
  readonly chatTemplateKwargs?: Readonly<Record<string, Json>>
  /** What `strftime_now` sees. */
  readonly now?: Date
  /** How much a rendering may do. */
  readonly limits?: Partial<RenderLimits>
}

/** One example on its way through a strategy: rendered and encoded. */
export interface MaskInput {
  readonly example: Example
  readonly rendered: Rendered
  readonly encoded: Encoded
  /** Undefined for rows without messages. */
  readonly chat: Chat | undefined
  readonly context: MaskContext
  readonly options: MaskOptions
  /** The conversation's answers, where they have been looked for already. */
  readonly answers: readonly Answer[] | undefined
  /** For an unrolled conversation: the one message that this example trains. */
  readonly onlyMessage: number | undefined
}

/** A conversation with the template that renders it. */
export interface Chat {
  readonly conversation: Conversation
  readonly template: ChatTemplate
  /** Messages that were rendered for the answers of the conversation, over and over again. */
  readonly spent: { messages: number }
}
