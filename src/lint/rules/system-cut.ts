import { assistant, chat, user } from '../example.ts'
import type { RowRule } from '../rule.ts'

const rows = [
  chat({ role: 'system', content: 'Answer in one word.' }, user('Colour of grass?'), assistant('Green.')),
]

export const systemCut: RowRule = {
  kind: 'row',
  name: 'system-cut',
  severity: 'warn',
  trigger: 'Cutting from the left removes the system turn, or its beginning.',
  effect: 'Answers that followed an instruction are learnt without it.',
  fix: 'Raise --max-length, or choose --truncation split-turns or drop.',
  needs: ['max-length'],
  wrong: { rows, maxLength: 60, truncation: 'keep-end' },
  right: { rows, maxLength: 200, truncation: 'keep-end' },
  check({ cuts, masks }) {
    for (const [i, masked] of masks.entries()) {
      const first = cuts?.[i]?.[0]
      if (first === undefined || first.startToken === 0) continue
      const message = masked.roles.findIndex(role => role === 'system' || role === 'developer')
      if (
        message < 0 ||
        !masked.runs.some(run => run.message === message && run.startToken < first.startToken)
      )
        continue
      const text = `The system turn (message ${message}) is cut off.`
      return [{ rule: 'system-cut', severity: 'warn', text, message }]
    }
    return []
  },
}
