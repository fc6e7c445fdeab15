import { isSameTokens, nameSource, toBlocks } from '../inspect/index.ts'
import type { Finding, Masked, MaskRun } from '../mask/index.ts'
import type { Tokenizer } from '../tokenizer/index.ts'
import type { Stretch } from './align-ids.ts'

/**
 * A masked example, or a window of it, as plain data, to be posted to a page or written into one. Tokens and characters are counted from the
 * window's first; a finding's from the example's.
 */
export interface ViewExample {
  /** Of an unrolled conversation: the message that it trains. */
  readonly turn: number | undefined
  /** Of the whole example. */
  readonly tokenCount: number
  /** Where the window begins. */
  readonly firstToken: number
  readonly firstChar: number
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
  /** Of the window's tokens, the first of them: what is said beside a token. */
  readonly findings: readonly Finding[]
  /** In the whole example. */
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

/** Tokens that a page gets at once: more would take it too long. */
export const WINDOW_TOKENS = 100_000
/** Findings of a window's tokens that a page gets. */
const FINDINGS = 200

/** The window that a token is in; the whole, where that is no more than a window. */
export function windowAt(token: number, tokenCount: number): Stretch {
  if (tokenCount <= WINDOW_TOKENS) return [0, tokenCount]
  const start = Math.floor(Math.min(token, tokenCount - 1) / WINDOW_TOKENS) * WINDOW_TOKENS
  return [start, Math.min(tokenCount, start + WINDOW_TOKENS)]
}

/** A mask, and what was found in it; by default what was found while it was made. */
interface MaskToView {
  readonly strategy: string
  readonly masked: Masked
  readonly findings?: readonly Finding[]
}

/** One example; the masks are of the same tokens, the first says where messages begin and end. */
export function toViewExample(
  masks: readonly MaskToView[],
  tokenizer: Tokenizer,
  window: Stretch = windowAt(0, masks[0]!.masked.encoded.ids.length),
): ViewExample {
  const { masked } = masks[0]!
  const { encoded, roles, turn } = masked
  if (masks.some(other => !isSameTokens(masked, other.masked)))
    throw new RangeError('masks of different tokens are no one example')
  const [first, end] = window
  const tokenCount = encoded.ids.length
  const firstChar = first === 0 ? 0 : encoded.starts[first]!
  const endChar = end === tokenCount ? encoded.text.length : encoded.ends[end - 1]!
  const ids = Array.from(encoded.ids.subarray(first, end))
  return {
    ...{ turn, tokenCount, firstToken: first, firstChar, roles, ids },
    text: encoded.text.slice(firstChar, endChar),
    starts: Array.from(encoded.starts.subarray(first, end), char => char - firstChar),
    ends: Array.from(encoded.ends.subarray(first, end), char => char - firstChar),
    names: ids.map(id => tokenizer.idToToken(id) ?? ''),
    masks: masks.map(mask => toViewMask(mask, window)),
    blocks: toViewBlocks(masked, window),
    pieces: toViewPieces(masked, [firstChar, endChar]),
  }
}

function toViewBlocks(masked: Masked, window: Stretch): ViewBlock[] {
  return toBlocks(masked).flatMap(({ message, isContinued, runs }) => {
    const cut = cutTo([runs[0]!.firstToken, runs.at(-1)!.endToken], window)
    if (cut === undefined) return []
    const isCut = runs[0]!.firstToken < window[0]
    return [
      { message: message ?? -1, isContinued: isContinued || isCut, firstToken: cut[0], endToken: cut[1] },
    ]
  })
}

function toViewPieces({ rendered }: Masked, chars: Stretch): ViewPiece[] {
  const pieces: ViewPiece[] = []
  for (const { startChar, endChar, source, writer } of rendered.pieces) {
    const cut = cutTo([startChar, endChar], chars)
    if (cut === undefined) continue
    pieces.push({
      startChar: cut[0],
      endChar: cut[1],
      source: nameSource(source),
      writerStartChar: writer.startChar,
      writerEndChar: writer.endChar,
      line: writer.line,
      column: writer.column,
    })
  }
  return pieces
}

function toViewMask({ strategy, masked, findings = masked.findings }: MaskToView, window: Stretch): ViewMask {
  let trained = 0
  const cutRuns: MaskRun[] = []
  for (const run of masked.runs) {
    if (run.weight !== 0) trained += run.endToken - run.startToken
    const cut = cutTo([run.startToken, run.endToken], window)
    if (cut !== undefined) cutRuns.push({ ...run, startToken: cut[0], endToken: cut[1] })
  }
  const [first, end] = window
  const isShown = ({ token = -1 }: Finding): boolean => token >= first && token < end
  return { strategy, runs: cutRuns, findings: findings.filter(isShown).slice(0, FINDINGS), trained }
}

/** What of a stretch lies in a window, counted from the window's start. */
function cutTo([start, end]: Stretch, [first, last]: Stretch): Stretch | undefined {
  if (end <= first || start >= last) return undefined
  return [Math.max(start, first) - first, Math.min(end, last) - first]
}
