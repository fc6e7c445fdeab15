import { maskExample } from '../../mask/index.ts'
import { GOOD } from '../example.ts'
import type { RowRule } from '../rule.ts'
import { placeOf, quoteTokens } from '../token-runs.ts'

const MARKED =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.role == 'assistant' %}{% generation %}{{ m.content + '<|im_end|>' + '\\n' }}{% endgeneration %}{% else %}{{ m.content + '<|im_end|>' + '\\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

export const generationMarksDiffer: RowRule = {
  kind: 'row',
  name: 'generation-marks-differ',
  severity: 'warn',
  trigger:
    'What the template’s {% generation %} marks cover differs, in tokens, from what the model has to write.',
  effect:
    'A trainer that goes by the marks trains tokens that are never generated, or leaves out some that are.',
  fix: 'Move the marks, or use --mask assistant.',
  needs: ['template', 'marks'],
  wrong: { rows: [GOOD], template: MARKED },
  right: {
    rows: [GOOD],
    template: MARKED.replace(
      "'<|im_end|>' + '\\n' }}{% endgeneration %}",
      "'<|im_end|>' }}{% endgeneration %}{{ '\\n' }}",
    ),
  },
  check(subject) {
    const { exact, example, context } = subject
    if (exact === undefined || exact.rendered.marks.length === 0) return []
    const marked = maskExample(example, context, { strategy: 'generation-marks' })[0]!
    const t = exact.weights.findIndex((weight, t) => (weight !== 0) !== (marked.weights[t] !== 0))
    // A weight of 0 is the row's own wish, and no matter of marks.
    if (t < 0 || subject.example.kind !== 'conversation' || subject.example.training.some(Boolean)) return []
    const what =
      exact.weights[t] !== 0 ? 'has to be written and is not marked' : 'is marked and never generated'
    const text = `The marks differ from the answers: ${quoteTokens(exact, t, t + 1)} ${what}.`
    return [{ rule: 'generation-marks-differ', severity: 'warn', text, ...placeOf(exact, t) }]
  },
}
