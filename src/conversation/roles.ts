/** The roles that chat templates know, each by its own name. */
export const TEMPLATE_ROLES: Readonly<Record<string, string>> = {
  system: 'system',
  developer: 'developer',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
}

/**
 * Stands for an assistant message whose value is a tool call in JSON. A role map may name it too
 * (ms-swift writes `tool_call`, for one).
 */
export const FUNCTION_CALL = 'function_call'

/** The words of from/value rows, as Axolotl and LLaMA-Factory take them. */
export const FROM_ROLES: Readonly<Record<string, string>> = {
  ...TEMPLATE_ROLES,
  human: 'user',
  gpt: 'assistant',
  observation: 'tool',
  function_call: FUNCTION_CALL,
}
