import { assistant, chat, GOOD, user } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { isTrained, OWN_SOURCES, placeOf, quoteTokens } from '../token-runs.ts'

const rows = [
  chat(
    user('Tide at Brest?'),
    assistant('Let me look.'),
    { role: 'tool', content: '4.2 m' },
    assistant('4.2 m.'),
  ),
]

export const toolResultTrained: MaskRule = {
  kind: 'mask',
  name: 'tool-result-trained',
  severity: 'error',
  trigger: 'A trained token comes from a tool message.',
  effect: 'The model learns to write results itself, instead of waiting for the tool.',
  fix: 'Use --mask assistant, and leave tool out of --roles.',
  wrong: { rows, mask: { roles: ['assistant', 'tool'] } },
  right: { rows: [GOOD, ...rows] },
  check(masked) {
    const run = masked.runs.find(
      run => isTrained(run) && OWN_SOURCES.has(run.source) && masked.roles[run.message] === 'tool',
    )
    if (run === undefined) return []
    const { message, startToken, endToken } = run
    const text = `${quoteTokens(masked, startToken, endToken)} is a tool’s result (message ${message}), and is trained.`
    return [
      {
        rule: 'tool-result-trained',
        severity: 'error',
        text,
        message,
        ...placeOf(masked, startToken, endToken),
      },
    ]
  },
}
