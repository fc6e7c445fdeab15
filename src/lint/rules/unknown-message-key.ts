import type { Finding } from '../../mask/index.ts'
import { assistant, CHATML, chat, GOOD, user } from '../example.ts'
import type { RowRule } from '../rule.ts'

/** Other rules speak of these. */
const KNOWN: ReadonlySet<string> = new Set([
  'role',
  'content',
  'from',
  'value',
  'name',
  'tool_calls',
  'tool_call_id',
  'function_call',
  'reasoning_content',
  'reasoning',
  'thinking',
])

export const unknownMessageKey: RowRule = {
  kind: 'row',
  name: 'unknown-message-key',
  severity: 'info',
  trigger:
    'A message has a key that neither Lossline nor the template reads. A warning for one that sounds like a loss weight.',
  effect: 'What it says has no effect on the training.',
  fix: 'Rename it to weight, train, training or loss_weight if it is meant to choose what is trained.',
  wrong: { rows: [chat(user('Colour of grass?'), assistant('Green.', { mask_loss: true }))] },
  right: { rows: [GOOD], template: CHATML },
  check({ messages, context }) {
    const findings: Finding[] = []
    for (const [m, message] of messages.entries()) {
      for (const key of Object.keys(message)) {
        if (KNOWN.has(key) || message[key] === null || isMentioned(key, context.templates)) continue
        const text = `messages[${m}] has ${JSON.stringify(key)}, which is not read.`
        findings.push({ rule: 'unknown-message-key', severity: 'info', text, message: m })
      }
    }
    return findings
  },
}

/** A template may reach a key in many ways; all of them write its name. */
function isMentioned(key: string, templates: readonly { readonly source: string }[]): boolean {
  return templates.some(({ source }) => source.includes(key))
}
