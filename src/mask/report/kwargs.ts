import { quote } from '../../error.ts'
import type { Finding } from '../../finding.ts'
import type { MaskInput } from '../mask-input.ts'

/** Kwargs, the caller's and the row's, that no template of the model reads: mostly misspelt, and Jinja says nothing. */
export function reportKwargs({ chat, context }: MaskInput): Finding[] {
  if (chat === undefined) return []
  const given = { ...context.chatTemplateKwargs, ...chat.conversation.chatTemplateKwargs }
  const findings: Finding[] = []
  for (const name of Object.keys(given)) {
    if (context.templates.some(({ readNames }) => readNames.has(name))) continue
    const text = `chat_template_kwargs sets ${quote(name)}, which the template does not read: it changes nothing.`
    findings.push({ rule: 'kwarg-not-read', severity: 'warn', text })
  }
  return findings
}
