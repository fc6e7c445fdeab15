import type { JsonPath } from '../../json/index.ts'
import type { MaskContext, Masked } from '../../mask/index.ts'
import { type Mend, toValueEdit } from './mend.ts'
import { valueAt } from './value-at.ts'

export const secondBos: Mend = {
  name: 'second-bos',
  rules: ['double-bos', 'special-token-in-content'],
  does: 'Takes BOS from the start of a text where the template, or the tokenizer, writes one too.',
  only: 'only a BOS that the text starts with, where another is written too',
  example: {
    before: {
      rows: [{ text: '<s>The grass is green.' }],
      specialTokens: { bos_token: '<s>' },
      addsBos: true,
    },
    after: [{ text: 'The grass is green.' }],
  },
  propose({ row, start, masks, context }) {
    const bos = context.specialTokens['bos_token']
    const text = start === undefined ? undefined : valueAt(row, start)
    if (typeof bos !== 'string' || bos === '' || typeof text !== 'string' || !text.startsWith(bos)) return []
    const rest = withoutStarts(text, bos)
    const kept = isWritten(masks[0], context, bos, text) ? rest : `${bos}${rest}`
    return kept === text ? [] : [[toValueEdit(start as JsonPath, kept)]]
  },
}

function withoutStarts(text: string, bos: string): string {
  let at = 0
  while (text.startsWith(bos, at)) at += bos.length
  return text.slice(at)
}

/** Whether a BOS comes from elsewhere: of a conversation from the template, of a plain text from the tokenizer. */
function isWritten(
  masked: Masked | undefined,
  { tokenizer }: MaskContext,
  bos: string,
  text: string,
): boolean {
  if (masked === undefined) return false
  const { rendered } = masked
  if (rendered.turns.length > 0) {
    const [first] = rendered.pieces
    const isOwn = first?.source.kind === 'message' && rendered.text.startsWith(text)
    return rendered.text.startsWith(bos) && !isOwn
  }
  return tokenizer.encode('a', { addSpecialTokens: true }).ids[0] === tokenizer.tokenToId(bos)
}
