import type { Finding, Masked, MaskRun } from '../../mask/index.ts'
import { GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { isTrained, placeOf, quoteTokens, reasonSet } from '../token-runs.ts'

/** Left out because someone asked for it. */
const ASKED_FOR = reasonSet('end-not-chosen', 'weight-zero', 'other-turn')

const MARKED =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}{{ '<|im_end|>' }}{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{{ '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

export const stopTokenNotTrained: MaskRule = {
  kind: 'mask',
  name: 'stop-token-not-trained',
  severity: 'error',
  trigger:
    'An answer is trained, a stop token follows its content in the same turn, and that token is not trained.',
  effect: 'The model learns what to answer and never that the answer is over: it goes on until the limit.',
  fix: 'Put the end of turn inside of the generation marks, or use --mask assistant.',
  wrong: { rows: [GOOD], template: MARKED, mask: { strategy: 'generation-marks' } },
  right: {
    rows: [GOOD],
    template: MARKED.replace(
      "{% endgeneration %}{{ '<|im_end|>' }}",
      "{{ '<|im_end|>' }}{% endgeneration %}",
    ),
    mask: { strategy: 'generation-marks' },
  },
  check(masked, { context, options }) {
    if (options.trainOnEot === 'none' || options.trainOnEot === 'last') return []
    const findings: Finding[] = []
    for (const [message, lastTrained] of findLastTrained(masked)) {
      if (masked.roles[message] !== 'assistant') continue
      const stop = findStopAfter(masked, message, lastTrained, context.stopIds)
      if (stop === undefined) continue
      const text = `Message ${message} is trained, and ${quoteTokens(masked, stop, stop + 1)}, which ends it, is not.`
      findings.push({
        rule: 'stop-token-not-trained',
        severity: 'error',
        text,
        message,
        ...placeOf(masked, stop),
      })
    }
    return findings
  },
}

/** Of each message with a trained token: the last one, unless that is in a later message's turn. */
function findLastTrained({ runs }: Masked): ReadonlyMap<number, number> {
  const last = new Map<number, number>()
  for (const run of runs) if (isTrained(run) && run.message >= 0) last.set(run.message, run.endToken - 1)
  return last
}

/** The first stop token behind the last trained one, in the message's own turn; none where that one is a stop token, or holds one. */
function findStopAfter(
  { encoded, runs }: Masked,
  message: number,
  lastTrained: number,
  stopIds: ReadonlySet<number>,
): number | undefined {
  const findIn = ({ startToken, endToken }: MaskRun, from: number): number | undefined => {
    for (let t = Math.max(startToken, from); t < endToken; t++) if (stopIds.has(encoded.ids[t]!)) return t
    return undefined
  }
  const own = runs.filter(run => run.message === message)
  // Few tokens follow an answer, and nearly always none of them is a stop token.
  for (const run of own) {
    const stop = isTrained(run) ? undefined : findIn(run, lastTrained + 1)
    if (stop === undefined) continue
    const isTrainedAlready = own.some(other => isTrained(other) && findIn(other, 0) !== undefined)
    return isTrainedAlready || ASKED_FOR.has(run.reason) ? undefined : stop
  }
  return undefined
}
