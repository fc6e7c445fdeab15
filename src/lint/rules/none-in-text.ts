import type { Finding } from '../../mask/index.ts'
import { assistant, CHATML_TOOLS, call, chat, user } from '../example.ts'
import type { MaskRule } from '../rule.ts'

export const noneInText: MaskRule = {
  kind: 'mask',
  name: 'none-in-text',
  severity: 'error',
  trigger: 'The text holds "None" or "null", written for a field that is missing or null.',
  effect: 'The model learns to write the word None.',
  fix: 'Write "" for an empty content, or a template that tests the field.',
  needs: ['template'],
  wrong: {
    rows: [chat(user('Tide at Brest?'), assistant(null, call({ port: 'Brest' })))],
    template: CHATML_TOOLS.replace('{{ m.content }}', '{{ m.content }}'),
  },
  right: {
    rows: [chat(user('Tide at Brest?'), assistant('', call({ port: 'Brest' })))],
    template: CHATML_TOOLS,
  },
  check({ rendered }, { messages }) {
    const findings: Finding[] = []
    for (const { source, startChar, endChar } of rendered.pieces) {
      // Content is looked at where messages are masked.
      if (endChar - startChar !== 4 || source.kind !== 'message' || source.path === 'content') continue
      const written = rendered.text.slice(startChar, endChar)
      const { message } = source
      if ((written !== 'None' && written !== 'null') || messages[message]?.[source.path] !== null) continue
      const text = `messages[${message}].${source.path} is null, and the template writes ${JSON.stringify(written)} for it.`
      findings.push({ rule: 'none-in-text', severity: 'error', text, message, startChar, endChar })
    }
    return findings
  },
}
