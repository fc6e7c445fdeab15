import { CHATML, NO_CONFIGS } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const templatesDiffer: FoundRule = {
  kind: 'found',
  name: 'templates-differ',
  severity: 'warn',
  trigger:
    'The folder has a chat template in two places, chat_template.jinja and tokenizer_config.json or chat_template.json, and they are not the same.',
  effect: 'Which one a program takes depends on its version: training and inference may use two templates.',
  fix: 'Keep the one that the model was trained with, and take the other out.',
  needs: ['model-report'],
  wrong: {
    configs: {
      ...NO_CONFIGS,
      unusedTemplates: [
        { name: 'default', source: CHATML.replace('<|im_end|>', '<|end|>'), file: 'tokenizer_config.json' },
      ],
    },
  },
  right: {
    configs: {
      ...NO_CONFIGS,
      unusedTemplates: [{ name: 'default', source: CHATML, file: 'tokenizer_config.json' }],
    },
  },
}
