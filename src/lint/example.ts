import type { Json, JsonObject } from '../json/index.ts'
import type { ModelConfigs } from '../model-folder/index.ts'

/** The template of examples that name none. */
export const CHATML: string =
  "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

/** ChatML that writes reasoning and calls. */
export const CHATML_TOOLS: string =
  "{% if tools %}{{ '<|im_start|>system\\n' + (tools | tojson) + '<|im_end|>\\n' }}{% endif %}{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.reasoning_content %}{{ '<think>\\n' + m.reasoning_content + '\\n</think>\\n\\n' }}{% endif %}{{ m.content }}{% for call in m.tool_calls or [] %}{{ '<tool_call>\\n{\"name\": \"' + call.function.name + '\", \"arguments\": ' + (call.function.arguments | tojson) + '}\\n</tool_call>' }}{% endfor %}{{ '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

/** A row of messages. */
export function chat(...messages: readonly Json[]): JsonObject {
  return { messages }
}

export function user(content: Json): JsonObject {
  return { role: 'user', content }
}

export function assistant(content: Json, more: JsonObject = {}): JsonObject {
  return { role: 'assistant', content, ...more }
}

/** A call of `lookup`. */
export function call(args: Json): JsonObject {
  return { tool_calls: [{ type: 'function', function: { name: 'lookup', arguments: args } }] }
}

export const GOOD: JsonObject = chat(user('Colour of grass?'), assistant('Green.'))

/** A row of a prepared dataset. */
export function prepared(
  ids: readonly number[],
  labels: readonly number[],
  more: { readonly seqLengths?: readonly number[] } = {},
): {
  readonly inputIds: Int32Array
  readonly labels: Int32Array
  readonly lossWeights: undefined
  readonly positionIds: undefined
  readonly seqLengths: Int32Array | undefined
} {
  return {
    inputIds: Int32Array.from(ids),
    labels: Int32Array.from(labels),
    lossWeights: undefined,
    positionIds: undefined,
    seqLengths: more.seqLengths === undefined ? undefined : Int32Array.from(more.seqLengths),
  }
}

/** A model folder without configuration and without a second template. */
export const NO_CONFIGS: ModelConfigs = { generation: undefined, model: undefined, unusedTemplates: [] }
