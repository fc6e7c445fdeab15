import { GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { isTrained, OWN_SOURCES, placeOf, quoteTokens } from '../token-runs.ts'

export const trainedPromptToken: MaskRule = {
  kind: 'mask',
  name: 'trained-prompt-token',
  severity: 'error',
  trigger:
    'A trained token’s characters come from a system, user or tool message, and that role was not chosen.',
  effect: 'The model learns to write the questions that it is asked.',
  fix: 'Use --mask assistant, or choose the role with --roles.',
  wrong: { rows: [GOOD], mask: { strategy: 'all' } },
  right: { rows: [GOOD] },
  check(masked, { roles, strategy, example }) {
    // A completion is what its row says, whoever speaks in it.
    if (strategy === 'completion' || example.kind !== 'conversation') return []
    const run = masked.runs.find(
      run =>
        isTrained(run) &&
        OWN_SOURCES.has(run.source) &&
        run.message >= 0 &&
        masked.roles[run.message] !== 'assistant' &&
        !roles.includes(masked.roles[run.message]!),
    )
    if (run === undefined) return []
    const { message, startToken, endToken } = run
    const text = `${quoteTokens(masked, startToken, endToken)} is trained, and comes from message ${message}, of role ${masked.roles[message]}.`
    return [
      {
        rule: 'trained-prompt-token',
        severity: 'error',
        text,
        message,
        ...placeOf(masked, startToken, endToken),
      },
    ]
  },
}
