import { NO_CONFIGS } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const stopNotInGenerationConfig: FoundRule = {
  kind: 'found',
  name: 'stop-not-in-generation-config',
  severity: 'warn',
  trigger:
    'The token that ends answers is not in generation_config.json’s eos_token_id, nor in config.json’s where there is no such file, though the tokenizer or another file has it.',
  effect:
    'With transformers’ generate, which reads that file alone, the model goes on behind the end of its answer; servers that ask the tokenizer too stop there.',
  fix: 'Add the token’s id to eos_token_id in generation_config.json.',
  needs: ['model-report'],
  wrong: { configs: { ...NO_CONFIGS, generation: { eos: [0], bos: [], pad: [] } } },
  right: { configs: NO_CONFIGS },
}
