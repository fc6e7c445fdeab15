import type { Finding } from '../../finding.ts'
import type { CharRange } from '../../template/index.ts'
import type { Encoded } from '../../tokenizer/index.ts'
import { labelChosenTokens } from '../tokens/label-tokens.ts'
import { findTokenAt } from '../tokens/token-search.ts'
import type { Strategy } from './strategy.ts'

/** What the template marks with `{% generation %}`, token for token as transformers' `return_assistant_tokens_mask` has it. */
export const generationMarks: Strategy<'generation-marks'> = {
  name: 'generation-marks',
  summary: 'what the template marks with {% generation %}, as TRL’s assistant_only_loss has it',
  rows: 'conversations',
  reads: [],
  unrolls: false,
  mask(input) {
    const { encoded, rendered, chat } = input
    const trained = new Uint8Array(encoded.ids.length)
    for (const mark of rendered.marks) markTokens(encoded, mark, trained)
    const findings: Finding[] = []
    if (
      rendered.marks.length === 0 &&
      chat?.conversation.messages.some(message => message.role === 'assistant')
    ) {
      findings.push({
        rule: 'generation-marks-missing',
        severity: 'error',
        text: 'The template marked nothing with {% generation %}: no token is trained.',
      })
    }
    return {
      runs: labelChosenTokens(input, trained, { yes: 'marked', no: 'unmarked' }),
      spans: rendered.marks.map(mark => ({ ...mark, message: undefined })),
      findings,
    }
  },
}

/**
 * From the first token that holds the mark's first character through the first that holds its last: of a last character that is several
 * tokens (byte fallback) transformers marks the first only. A mark that no token starts in is left out.
 */
function markTokens(encoded: Encoded, mark: CharRange, trained: Uint8Array): void {
  const first = findTokenHolding(encoded, mark.startChar)
  if (first === undefined) return
  const last = findTokenHolding(encoded, mark.endChar - 1)
  for (let t = first; t <= (last ?? first); t++) trained[t] = 1
}

function findTokenHolding(encoded: Encoded, char: number): number | undefined {
  const t = findTokenAt(encoded, char)
  return t < encoded.ids.length && encoded.starts[t]! <= char ? t : undefined
}
