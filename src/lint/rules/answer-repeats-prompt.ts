import type { Finding } from '../../mask/index.ts'
import { assistant, chat, GOOD, user } from '../example.ts'
import { textOf } from '../fields.ts'
import type { RowRule } from '../rule.ts'

/** A short question may well be quoted. */
const MIN_CHARS = 40
const QUESTION = 'What is the colour of grass in spring, and why does it change?'

export const answerRepeatsPrompt: RowRule = {
  kind: 'row',
  name: 'answer-repeats-prompt',
  severity: 'info',
  trigger: 'An answer holds the whole question before it.',
  effect:
    'The model learns to repeat what it was asked; often a sign that a completion was stored with its prompt.',
  fix: 'Take the question out of the answer, unless that is what you want.',
  wrong: { rows: [chat(user(QUESTION), assistant(`${QUESTION} Green.`))] },
  right: { rows: [GOOD] },
  check({ messages }) {
    const findings: Finding[] = []
    for (const [m, message] of messages.entries()) {
      if (message.role !== 'assistant' || messages[m - 1]?.role !== 'user') continue
      const question = textOf(messages[m - 1]!['content']).trim()
      if (question.length < MIN_CHARS || !textOf(message['content']).includes(question)) continue
      const text = `Message ${m} holds all of message ${m - 1}.`
      findings.push({ rule: 'answer-repeats-prompt', severity: 'info', text, message: m })
    }
    return findings
  },
}
