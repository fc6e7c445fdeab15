import { CHATML, GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'

export const timeInTemplate: MaskRule = {
  kind: 'mask',
  name: 'time-in-template',
  severity: 'warn',
  trigger: 'The rendered text depends on the clock (strftime_now).',
  effect:
    'The same row gives other tokens tomorrow, and all rows are trained on the day of their preparation.',
  fix: 'Set the time with --now, or pass a date with --chat-template-kwargs.',
  needs: ['template'],
  wrong: { rows: [GOOD], template: `{{ strftime_now('%d %B %Y') }}\n${CHATML}` },
  right: { rows: [GOOD] },
  check({ rendered }, { context }) {
    if (!rendered.usesClock || context.now !== undefined) return []
    return [
      {
        rule: 'time-in-template',
        severity: 'warn',
        text: 'The text holds the time at which it was rendered.',
      },
    ]
  },
}
