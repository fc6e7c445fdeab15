import type { Finding } from '../../mask/index.ts'
import { GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { isTrained, placeOf, quoteTokens, sourceSet } from '../token-runs.ts'

const TEMPLATE = sourceSet('template', 'role')

export const headerTrained: MaskRule = {
  kind: 'mask',
  name: 'header-trained',
  severity: 'warn',
  trigger:
    'A trained token is the template’s, stands before an answer’s content, and is what the generation prompt supplies.',
  effect: 'The model learns to write a header that inference writes for it.',
  fix: 'Use --mask assistant, or a marker that ends where the answer begins.',
  wrong: { rows: [GOOD], mask: { strategy: 'response-template', responseTemplate: '<|im_start|>' } },
  right: {
    rows: [GOOD],
    mask: { strategy: 'response-template', responseTemplate: '<|im_start|>assistant\n' },
  },
  check(masked, subject) {
    if (subject.strategy === 'assistant' || subject.strategy === 'completion') return []
    const findings: Finding[] = []
    for (const { startChar, message } of subject.exact?.spans ?? []) {
      const run = masked.runs.findLast(
        run => masked.encoded.starts[run.startToken]! < startChar && run.message === message,
      )
      if (run === undefined || !isTrained(run) || !TEMPLATE.has(run.source) || message === undefined) continue
      const { startToken, endToken } = run
      const text = `${quoteTokens(masked, startToken, endToken)} stands before the answer and is trained.`
      findings.push({
        rule: 'header-trained',
        severity: 'warn',
        text,
        message,
        ...placeOf(masked, startToken, endToken),
      })
    }
    return findings
  },
}
