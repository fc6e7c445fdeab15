import { quote } from '../error.ts'
import { TemplateError } from './template-error.ts'

/**
 * The template that transformers would take of a model's named ones: the only one; else `tool_use` for a conversation with tools,
 * where there is one; else `default`.
 *
 * @throws TemplateError `template/options` that lists the names, when none of these is there
 */
export function selectTemplate<T extends { readonly name: string }>(
  templates: readonly T[],
  conversation: { readonly tools?: unknown },
): T {
  if (templates.length === 1) return templates[0]!
  const hasTools = conversation.tools !== undefined && conversation.tools !== null
  const names = hasTools ? ['tool_use', 'default'] : ['default']
  for (const name of names) {
    const found = templates.find(template => template.name === name)
    if (found !== undefined) return found
  }
  const known = templates.map(template => quote(template.name)).join(', ')
  throw new TemplateError(
    'template/options',
    templates.length === 0
      ? 'there is no chat template'
      : `the model has the chat templates ${known}, none of them called "default"`,
    { fix: 'Choose one with {chat_template}.' },
  )
}
