import { NO_CONFIGS } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const tokenIdsDiffer: FoundRule = {
  kind: 'found',
  name: 'token-ids-differ',
  severity: 'warn',
  trigger:
    'The eos, bos or pad token of config.json or generation_config.json is another than the tokenizer’s, or no token at all.',
  effect: 'What reads the one file stops, starts or pads with another token than what reads the other.',
  fix: 'Write the tokenizer’s ids into both files, or name the right tokens in tokenizer_config.json.',
  needs: ['model-report'],
  wrong: {
    specialTokens: { bos_token: '<s>' },
    configs: { ...NO_CONFIGS, model: { eos: [], bos: [0], pad: [], vocabSize: undefined } },
  },
  right: { specialTokens: { bos_token: '<s>' }, configs: NO_CONFIGS },
}
