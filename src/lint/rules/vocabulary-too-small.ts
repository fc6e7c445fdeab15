import { NO_CONFIGS } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const vocabularyTooSmall: FoundRule = {
  kind: 'found',
  name: 'vocabulary-too-small',
  severity: 'warn',
  trigger: 'The tokenizer has more tokens than config.json’s vocab_size.',
  effect:
    'A text that holds one of the last tokens has an id without an embedding: training ends with an index error.',
  fix: 'Resize the embeddings to the tokenizer, or use the tokenizer of this model.',
  needs: ['model-report'],
  wrong: { configs: { ...NO_CONFIGS, model: { eos: [], bos: [], pad: [], vocabSize: 256 } } },
  right: { configs: { ...NO_CONFIGS, model: { eos: [], bos: [], pad: [], vocabSize: 400 } } },
}
