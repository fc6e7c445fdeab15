import { GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const stopTokenMismatch: FoundRule = {
  kind: 'found',
  name: 'stop-token-mismatch',
  severity: 'error',
  trigger:
    'Answers are trained to end with a token that is in neither generation_config’s nor config’s eos_token_id and is not the tokenizer’s EOS.',
  effect: 'The model writes its end of turn and generation goes on behind it.',
  fix: 'Add the token’s id to eos_token_id in generation_config.json.',
  wrong: { rows: [GOOD], stops: ['</s>'] },
  right: { rows: [GOOD], stops: ['</s>', '<|im_end|>'] },
}
