import { LosslineError } from '../../error.ts'
import { countPromptTokens } from '../search/prompt-tokens.ts'
import { labelChosenTokens } from '../tokens/label-tokens.ts'
import type { Strategy } from './strategy.ts'

/**
 * What LLaMA-Factory's v1 trains of a prompt and its answer, in development since 0.9.5 (whose v1 trains whole messages, headers and all): every token
 * behind the prompt's, which it stops without.
 */
export const promptDiff: Strategy<'prompt-diff'> = {
  name: 'prompt-diff',
  summary:
    'every token behind the prompt’s, an error where the example doesn’t start with them, as LLaMA-Factory’s v1 in development',
  rows: 'prompt-completion',
  reads: [],
  unrolls: false,
  mask(input) {
    const { count, agreed } = countPromptTokens(input)
    if (agreed < count) {
      const what = `The example starts with ${agreed} of the prompt’s ${count} tokens: LLaMA-Factory refuses it.`
      throw new LosslineError('mask/prompt-not-prefix', what, { fix: 'Use the strategy assistant.' })
    }
    const trained = new Uint8Array(input.encoded.ids.length).fill(1, count)
    return {
      runs: labelChosenTokens(input, trained, { yes: 'completion', no: 'prompt' }),
      spans: [],
      findings: [],
    }
  },
}
