import { GOOD } from '../example.ts'
import type { ModelRule } from '../rule.ts'

export const generationMarksMissing: ModelRule = {
  kind: 'model',
  name: 'generation-marks-missing',
  severity: 'info',
  trigger: 'The template has no {% generation %}. An error with --mask generation-marks.',
  effect:
    'TRL’s assistant_only_loss and transformers’ return_assistant_tokens_mask find no answer. Lossline’s own masks need no marks.',
  fix: 'Use --mask assistant here; for TRL, put marks into the template.',
  needs: ['template'],
  wrong: { rows: [GOOD] },
  right: {
    rows: [GOOD],
    template:
      "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% generation %}{{ m.content + '<|im_end|>' }}{% endgeneration %}{{ '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
  },
  check({ context, options }) {
    const unmarked = context.templates.filter(({ usesGenerationMarks }) => !usesGenerationMarks)
    // With that strategy each row says so.
    if (unmarked.length === 0 || options.strategy === 'generation-marks') return []
    const text = `${unmarked.map(({ name }) => name).join(', ')} has no {% generation %}: tools that need the marks find no answer.`
    return [{ rule: 'generation-marks-missing', severity: 'info', text }]
  },
}
