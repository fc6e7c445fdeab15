import { isSameTokens, nameSource, toBlocks } from '../inspect/index.ts'
import type { Finding, Masked, MaskRun } from '../mask/index.ts'
import type { Tokenizer } from '../tokenizer/index.ts'

/** A masked example as plain data, to be posted to a page or written into one. */
export interface ViewExample {
  /** Of an unrolled conversation: the message that it trains. */
  readonly turn: number | undefined
  readonly text: string
  readonly ids: readonly number[]
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** Each token as the vocabulary writes it. */
  readonly names: readonly string[]
  /** Of the messages; empty for rows without any. */
  readonly roles: readonly string[]
  /** One, or two that are compared. */
  readonly masks: readonly ViewMask[]
  readonly blocks: readonly ViewBlock[]
  /** In order, without a gap; joined they are the text. */
  readonly pieces: readonly ViewPiece[]
}

export interface ViewMask {
  readonly strategy: string
  readonly runs: readonly MaskRun[]
  readonly findings: readonly Finding[]
  readonly trained: number
}

/** Neighbouring tokens that are drawn under one message. */
export interface ViewBlock {
  /** -1: none. */
  readonly message: number
  readonly isContinued: boolean
  readonly firstToken: number
  readonly endToken: number
}

/** Characters with one origin, and the stretch of the template that wrote them. */
export interface ViewPiece {
  readonly startChar: number
  readonly endChar: number
  /** `messages[2].content`, `template` */
  readonly source: string
  readonly writerStartChar: number
  readonly writerEndChar: number
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** One example; the masks are of the same tokens, the first says where messages begin and end. */
export function toViewExample(
  masks: readonly { readonly strategy: string; readonly masked: Masked }[],
  tokenizer: Tokenizer,
): ViewExample {
  const { masked } = masks[0]!
  const { encoded, rendered, roles, turn } = masked
  if (masks.some(other => !isSameTokens(masked, other.masked)))
    throw new RangeError('masks of different tokens are no one example')
  return {
    turn,
    text: encoded.text,
    ids: Array.from(encoded.ids),
    starts: Array.from(encoded.starts),
    ends: Array.from(encoded.ends),
    names: Array.from(encoded.ids, id => tokenizer.idToToken(id) ?? ''),
    roles,
    masks: masks.map(({ strategy, masked }) => toViewMask(strategy, masked)),
    blocks: toBlocks(masked).map(({ message, isContinued, runs }) => ({
      message: message ?? -1,
      isContinued,
      firstToken: runs[0]!.firstToken,
      endToken: runs.at(-1)!.endToken,
    })),
    pieces: rendered.pieces.map(({ startChar, endChar, source, writer }) => ({
      startChar,
      endChar,
      source: nameSource(source),
      writerStartChar: writer.startChar,
      writerEndChar: writer.endChar,
      line: writer.line,
      column: writer.column,
    })),
  }
}

function toViewMask(strategy: string, { runs, findings }: Masked): ViewMask {
  const trained = runs.reduce(
    (sum, { weight, startToken, endToken }) => sum + (weight === 0 ? 0 : endToken - startToken),
    0,
  )
  return { strategy, runs, findings, trained }
}
