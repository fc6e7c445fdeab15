import type { Finding } from '../finding.ts'
import type { Rendered } from '../template/index.ts'
import type { Encoded } from '../tokenizer/index.ts'

/** The label of a token that is not trained: PyTorch's `ignore_index`. */
export const IGNORE_INDEX = -100

/** What most of a token's characters are. */
export const SOURCES = [
  'template',
  'content',
  'reasoning',
  'tool_calls',
  'tools',
  'documents',
  'role',
  'name',
  'tool_call_id',
  'other',
  'variable',
  'computed',
  'text',
  'prompt',
  'completion',
  'tokenizer',
  'prepared', // not known any more: the row was prepared before
] as const
export type TokenSource = (typeof SOURCES)[number]

/** Why a token is trained, or why not. */
export const REASONS = [
  // trained
  'answer', // what the model has to write
  'end-of-turn', // the stop token that ends an answer
  'chosen-role', // a message of another role that `roles` asks for
  'completion',
  'plain-text',
  'marked', // inside {% generation %}
  'after-marker', // what a token search takes for an answer
  'label', // a row that was prepared has a label there
  // not trained
  'template', // written by the template outside of any answer
  'prompt', // a system, user or tool message, the tools, the documents
  'generation-prompt', // the header that inference supplies
  'after-stop', // follows the stop token, is never generated
  'other-turn', // an answer that `turns` leaves out, or another example of an unrolled conversation trains
  'source-left-out', // `mask` leaves this source out
  'weight-zero', // the row says so
  'end-not-chosen', // `train_on_eot` leaves it out
  'unmarked',
  'before-marker',
  'no-label', // a row that was prepared has none there
  'added-by-tokenizer', // BOS and the like of the post-processor
] as const
export type TokenReason = (typeof REASONS)[number]

/** A stretch that one assistant message (or the completion, or the text) has to be trained on. UTF-16 units of the text. */
export interface TrainedSpan {
  readonly startChar: number
  readonly endChar: number
  /** undefined for rows without messages */
  readonly message: number | undefined
}

/** Neighbouring tokens of which all is the same: message, source, reason and weight. */
export interface MaskRun {
  readonly startToken: number
  readonly endToken: number
  /** Index of the message; -1: none. */
  readonly message: number
  /** Index into {@link SOURCES}. */
  readonly source: number
  /** Index into {@link REASONS}. */
  readonly reason: number
  /** Loss weight; 0: not trained. */
  readonly weight: number
}

/** Which tokens are trained, and why. All arrays have one entry for each token. */
export interface Masked {
  readonly rendered: Rendered
  readonly encoded: Encoded
  /**
   * All that the arrays below say, in order, without a gap: there are few runs and many tokens, so who counts or copies does it faster by
   * these. The arrays are made of them when they are first read.
   */
  readonly runs: readonly MaskRun[]
  /** The token's id where its weight is not 0, else {@link IGNORE_INDEX}; unshifted, as everywhere in the field. */
  readonly labels: Int32Array
  /** Loss weight; 0: not trained. */
  readonly weights: Float32Array
  /** Index of the message that the token belongs to (in whose turn it stands); -1: none. */
  readonly messages: Int32Array
  /** Index into {@link SOURCES}. */
  readonly sources: Uint8Array
  /** Index into {@link REASONS}. */
  readonly reasons: Uint8Array
  readonly spans: readonly TrainedSpan[]
  readonly findings: readonly Finding[]
  /** The roles of the row's messages, for views. Empty for rows without messages. */
  readonly roles: readonly string[]
  /** For an unrolled conversation: the assistant message that this example trains. */
  readonly turn: number | undefined
}
