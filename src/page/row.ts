import { type Masked, maskPrepared } from '../mask/index.ts'
import type { Tokenizer } from '../tokenizer/index.ts'
import { escapeHtml, toCount, toPercent, toThousands } from './html.ts'
import { toTokensHtml } from './tokens.ts'

/** A row of ids and labels that a person looks at. */
export interface PreparedRow {
  /** `chats.jsonl row 812` */
  readonly where: string
  /** Tokens of the row, of which `inputIds` may be the beginning. */
  readonly tokens: number
  readonly inputIds: readonly number[]
  readonly labels: readonly number[]
}

/** The row, to be opened and closed: its place, its counts, its tokens with those marked that are trained. */
export function toRowHtml({ where, tokens, inputIds, labels }: PreparedRow, tokenizer: Tokenizer): string {
  const masked = maskPrepared(
    {
      inputIds: Int32Array.from(inputIds),
      labels: Int32Array.from(labels),
      lossWeights: undefined,
      seqLengths: undefined,
    },
    tokenizer,
  )
  const share = toPercent(countTrained(masked), inputIds.length)
  const counts =
    tokens === inputIds.length
      ? `${toCount(tokens, 'token')}, ${share} trained`
      : `the first ${toThousands(inputIds.length)} of ${toCount(tokens, 'token')}, ${share} of these trained`
  return `<details open><summary>${escapeHtml(where)} <span class="dim">${escapeHtml(counts)}</span></summary>${toTokensHtml(masked)}</details>`
}

function countTrained({ runs }: Masked): number {
  return runs.reduce(
    (sum, { weight, startToken, endToken }) => sum + (weight === 0 ? 0 : endToken - startToken),
    0,
  )
}
