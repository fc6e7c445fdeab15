import type { Finding } from '../../mask/index.ts'
import { assistant, chat, GOOD, user } from '../example.ts'
import type { RowRule } from '../rule.ts'

export const answerCut: RowRule = {
  kind: 'row',
  name: 'answer-cut',
  severity: 'warn',
  trigger: 'Cutting removes the end of a trained answer.',
  effect: 'The model learns answers that break off, and not how they end.',
  fix: 'Raise --max-length, or choose --truncation split-turns or drop.',
  needs: ['max-length'],
  wrong: {
    rows: [chat(user('Colour of grass?'), assistant('Green, in spring and in summer at least.'))],
    maxLength: 70,
  },
  right: { rows: [GOOD], maxLength: 200 },
  check({ cuts, masks }) {
    if (cuts === undefined) return []
    const findings: Finding[] = []
    for (const [i, masked] of masks.entries()) {
      for (const { startChar, endChar, message } of masked.spans) {
        const { starts, ends } = masked.encoded
        const holds = cuts[i]!.some(
          ({ startToken, endToken }) =>
            endToken > startToken && starts[startToken]! < endChar && ends[endToken - 1]! > startChar,
        )
        const isWhole = cuts[i]!.some(({ endToken }) => endToken > 0 && ends[endToken - 1]! >= endChar)
        if (!holds || isWhole) continue
        const owner = message === undefined ? {} : { message }
        const text = `${message === undefined ? 'The text' : `Message ${message}`} is cut before its end.`
        findings.push({ rule: 'answer-cut', severity: 'warn', text, ...owner })
      }
    }
    return findings
  },
}
