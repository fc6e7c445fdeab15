import type { Finding } from '../../finding.ts'
import type { MaskInput } from '../mask-input.ts'
import type { MaskRun } from '../masked.ts'

/** What is odd about the tokens themselves, whatever is trained of them. */
export function reportTokens({ context, encoded }: MaskInput): Finding[] {
  const bos = context.specialTokens['bos_token']
  const bosId = typeof bos === 'string' ? context.tokenizer.tokenToId(bos) : undefined
  const { ids } = encoded
  if (bosId === undefined || ids[0] !== bosId || ids[1] !== bosId) return []
  const text = `The row starts with ${bos} twice: the text has one of its own, and the tokenizer adds another.`
  return [
    {
      rule: 'double-bos',
      severity: 'error',
      text,
      token: 1,
      startChar: encoded.starts[1]!,
      endChar: encoded.ends[1]!,
    },
  ]
}

/** That a text is trained through its last token, and that is no stop token: the model is never taught to stop. */
export function reportOpenEnd({ context, encoded }: MaskInput): Finding[] {
  const { ids } = encoded
  const last = ids.at(-1)
  if (last === undefined || context.stopIds.has(last)) return []
  const text = 'The text ends without a stop token: the model is never taught to stop.'
  return [{ rule: 'no-stop-token', severity: 'warn', text, token: ids.length - 1 }]
}

/** That no token of the row is trained. */
export function reportUntrained(runs: readonly MaskRun[]): Finding[] {
  if (runs.some(({ weight }) => weight !== 0)) return []
  return [{ rule: 'no-trained-token', severity: 'error', text: 'No token of this row is trained.' }]
}
