import type { Finding, Masked } from '../../mask/index.ts'
import { GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { isTrained, OWN_SOURCES, placeOf, quoteTokens, reasonSet } from '../token-runs.ts'

const LEFT_OUT = reasonSet('unmarked', 'before-marker', 'prompt', 'template')

const MARKS_CONTENT_HALF =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.role == 'assistant' %}{{ m.content[:3] }}{% generation %}{{ m.content[3:] + '<|im_end|>' }}{% endgeneration %}{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{{ '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

export const untrainedAnswerToken: MaskRule = {
  kind: 'mask',
  name: 'untrained-answer-token',
  severity: 'error',
  trigger: 'A token inside of an answer that is trained is not trained itself, and nobody asked for that.',
  effect: 'The model learns the answer with a hole in it.',
  fix: 'Use --mask assistant, which finds all of an answer.',
  wrong: { rows: [GOOD], template: MARKS_CONTENT_HALF, mask: { strategy: 'generation-marks' } },
  right: { rows: [GOOD], template: MARKS_CONTENT_HALF },
  check(masked, { strategy }) {
    if (strategy === 'completion') return []
    let trained: ReadonlySet<number> | undefined
    const findings: Finding[] = []
    for (const run of masked.runs) {
      const { message, startToken, endToken } = run
      if (isTrained(run) || !OWN_SOURCES.has(run.source) || masked.roles[message] !== 'assistant') continue
      if (!LEFT_OUT.has(run.reason)) continue
      // Few rows come to this.
      trained ??= new Set(masked.runs.filter(isTrained).map(run => run.message))
      if (!trained.has(message) || isQuoted(masked, run)) continue
      const text = `${quoteTokens(masked, startToken, endToken)} is part of message ${message}, of which the rest is trained.`
      const place = placeOf(masked, startToken, endToken)
      findings.push({ rule: 'untrained-answer-token', severity: 'error', text, message, ...place })
    }
    return findings
  },
}

/** Another message's turn may quote what the answer has said: gpt-oss heads the result of a call with the call's name. */
function isQuoted({ rendered, encoded }: Masked, { startToken, message }: Masked['runs'][number]): boolean {
  const char = encoded.starts[startToken]!
  const turn = rendered.turns.find(({ startChar, endChar }) => startChar <= char && char < endChar)
  return turn !== undefined && turn.message !== message && rendered.turns.some(own => own.message === message)
}
