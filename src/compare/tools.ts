import type { Conversation, Example, Message } from '../conversation/index.ts'
import { type Json, JsonFloat, type JsonObject } from '../json/index.ts'
import type { StrategyName } from '../mask/index.ts'

export type ToolName =
  | 'trl-completion-only'
  | 'trl-assistant-only'
  | 'trl-prompt-completion'
  | 'unsloth'
  | 'axolotl'
  | 'llamafactory'
  | 'transformers'

/** One example of a tool, and what it would train if its rule were exact. */
export interface ToolExample {
  readonly example: Example
  /** Whether only the last answer is meant, because the others have examples of their own. */
  readonly turns: 'all' | 'last'
}

/** Another tool's rule of what is trained. */
export interface Tool {
  readonly name: ToolName
  /** What does it, and by which rule: a sentence without a full stop. */
  readonly rule: string
  readonly strategy: StrategyName
  /** The markers that its rule searches for: an answer's, and a question's. */
  readonly markers: readonly ('response' | 'instruction')[]
  /** What it does with a template without `{% generation %}`; undefined where it asks for none. */
  readonly withoutMarks: string | undefined
  /** What a row becomes; nothing where there is no answer in it. */
  readonly toExamples: (example: Example) => readonly ToolExample[]
  /** What is not imitated, or has to be known to read the numbers: a sentence. */
  readonly note: string | undefined
}

/** Every tool there is, by name. */
export const TOOLS: { readonly [Name in ToolName]: Tool } = {
  'trl-completion-only': {
    name: 'trl-completion-only',
    rule: 'TRL’s DataCollatorForCompletionOnlyLM (until 0.19): what follows the last response template; with an instruction template, each answer up to the next of these',
    strategy: 'response-template',
    markers: ['response'],
    withoutMarks: undefined,
    toExamples: toWhole,
    note: undefined,
  },
  'trl-assistant-only': {
    name: 'trl-assistant-only',
    rule: 'TRL’s assistant_only_loss: what the template marks with {% generation %}',
    strategy: 'generation-marks',
    markers: [],
    withoutMarks:
      'TRL takes a patched copy where it knows the template to the letter, and stops with an error where not',
    toExamples: toWhole,
    note: undefined,
  },
  'trl-prompt-completion': {
    name: 'trl-prompt-completion',
    rule: 'TRL’s completion_only_loss on prompt and completion: every token behind those that the prompt alone starts with',
    strategy: 'prompt-ids',
    markers: [],
    withoutMarks: undefined,
    toExamples: toLastAnswer,
    note: 'Of a row of messages the last answer is taken for the completion, as conversations are split for it.',
  },
  unsloth: {
    name: 'unsloth',
    rule: 'Unsloth’s train_on_responses_only: from each response part to the next instruction part, message or EOS',
    strategy: 'responses-only',
    markers: ['response', 'instruction'],
    withoutMarks: undefined,
    toExamples: toWhole,
    note: undefined,
  },
  axolotl: {
    name: 'axolotl',
    rule: 'Axolotl’s chat_template with its defaults: what differs when a dummy stands in a turn’s place, and the tokenizer’s EOS up to three tokens behind it',
    strategy: 'dummy-diff',
    markers: [],
    withoutMarks: undefined,
    toExamples: toWhole,
    note: 'eot_tokens of a configuration are not known here.',
  },
  llamafactory: {
    name: 'llamafactory',
    rule: 'LLaMA-Factory v1’s prompt/full diff, as on its main branch after release 0.9.5: an example for each answer, of which every token behind the prompt’s is trained; it stops at one that does not start with its prompt',
    strategy: 'prompt-diff',
    markers: [],
    withoutMarks: undefined,
    toExamples: toEveryAnswer,
    note: 'Release 0.9.5 has other rules: its v1 trains an answer’s header and newline too. Special tokens in messages, which it breaks with a U+200B so that they are none, are not imitated.',
  },
  transformers: {
    name: 'transformers',
    rule: 'transformers’ return_assistant_tokens_mask: what the template marks with {% generation %}',
    strategy: 'generation-marks',
    markers: [],
    withoutMarks: 'the mask is all zeros, and nothing is trained',
    toExamples: toWhole,
    note: undefined,
  },
}

/** Plain text has no answer that could be found or missed. */
function toWhole(example: Example): ToolExample[] {
  return example.kind === 'text' ? [] : [{ example: withCompletionAlone(example), turns: 'all' }]
}

/** Of a row of prompt and completion, what is meant to be trained are the completion's answers. */
function withCompletionAlone(example: Example): Example {
  if (example.kind !== 'conversation' || example.promptLength === undefined) return example
  const { promptLength, training } = example
  return { ...example, training: training.map((own, m) => (m < promptLength ? { ...own, weight: 0 } : own)) }
}

function toLastAnswer(example: Example): ToolExample[] {
  if (example.kind !== 'conversation' || example.promptLength !== undefined) return toWhole(example)
  const last = example.messages.findLastIndex(({ role }) => role === 'assistant')
  return last === -1 ? [] : [{ example: endWith(example, last), turns: 'all' }]
}

/** The messages through one answer, with that answer as the completion. */
function endWith(conversation: Conversation, answer: number): Conversation {
  const { messages, training } = conversation
  return {
    ...conversation,
    messages: messages.slice(0, answer + 1),
    training: training.slice(0, answer + 1),
    promptLength: answer,
  }
}

function toEveryAnswer(example: Example): ToolExample[] {
  if (example.kind !== 'conversation') return toWhole(example)
  return example.messages.flatMap((message, m): ToolExample[] => {
    if (message.role !== 'assistant' || example.training[m]?.weight === 0) return []
    if (m < (example.promptLength ?? 0)) return []
    // It sets this variable itself, and gives the template no others.
    const chatTemplateKwargs = { enable_thinking: Boolean(message['reasoning_content']) }
    const { messages, documents: _, ...row } = endWith(example, m)
    return [{ example: { ...row, messages: messages.map(withoutNames), chatTemplateKwargs }, turns: 'last' }]
  })
}

/** Its own messages have no ids of calls and no names of tools. */
function withoutNames({ role, content, tool_calls: calls, reasoning_content: reasoning }: Message): Message {
  const isCalling = Array.isArray(calls) && calls.length > 0
  return {
    role,
    content: content ?? '',
    ...(isCalling && { tool_calls: calls.map(withoutId) }),
    ...(Boolean(reasoning) && { reasoning_content: reasoning! }),
  }
}

function withoutId(call: Json): Json {
  const called = isObject(call) ? call['function'] : undefined
  if (!isObject(called)) return call
  const { name = null, arguments: given = {} } = called
  return { type: 'function', function: { name, arguments: given } }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
}
