import type { Finding } from '../../finding.ts'
import { countPromptTokens } from '../search/prompt-tokens.ts'
import { labelChosenTokens } from '../tokens/label-tokens.ts'
import type { Strategy } from './strategy.ts'

/**
 * What TRL's `completion_only_loss` trains, by ids: everything from the first token on that the prompt alone doesn't have (TRL 1.x; before, as many
 * tokens as it has were left out, agreed or not). The strategy `completion` is the same by characters.
 */
export const promptIds: Strategy<'prompt-ids'> = {
  name: 'prompt-ids',
  summary: 'every token behind those that the prompt alone starts with, as TRL’s completion_only_loss',
  rows: 'prompt-completion',
  reads: [],
  unrolls: false,
  mask(input) {
    const { count, agreed } = countPromptTokens(input)
    const trained = new Uint8Array(input.encoded.ids.length).fill(1, agreed)
    const runs = labelChosenTokens(input, trained, { yes: 'completion', no: 'prompt' })
    return { runs, spans: [], findings: agreed < count ? [toFinding(count, agreed)] : [] }
  },
}

function toFinding(count: number, agreed: number): Finding {
  const text = `The example starts with ${agreed} of the prompt’s ${count} tokens: what is trained starts where they part.`
  return { rule: 'prompt-not-prefix', severity: 'warn', text, token: agreed }
}
