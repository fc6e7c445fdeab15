import type { TokenRows } from '../dataset/index.ts'
import type { PreparedChunk } from './prepared-chunk.ts'
import { addTally, emptyTally, type Tally } from './tally.ts'
import { TokenRowsBuilder } from './token-rows-builder.ts'

/** The rows of some whole chunks: what becomes a shard. */
export interface Window {
  readonly rows: TokenRows
  readonly chunks: number
  readonly tally: Tally
  /** Gives the memory of the rows to a later window: for who has written them, and keeps none. */
  release(): void
}

/**
 * Gathers chunks until they have so many tokens. Windows depend on the chunks alone; the last one may be small, or have no rows.
 *
 * @param tokens of a window: it ends with the chunk that reaches them
 */
export async function* toWindows(
  source: AsyncIterable<PreparedChunk>,
  tokens: number,
): AsyncGenerator<Window> {
  let open: OpenWindow | undefined
  const spare: TokenRowsBuilder[] = []
  const close = ({ rows, chunks, tally }: OpenWindow): Window => ({
    rows: rows.build(),
    chunks,
    tally,
    release: () => {
      rows.clear()
      spare.push(rows)
    },
  })
  for await (const chunk of source) {
    open ??= {
      rows: spare.pop() ?? new TokenRowsBuilder(Math.min(tokens, MAX_FIRST_TOKENS) + SPARE_TOKENS),
      chunks: 0,
      tally: emptyTally(),
    }
    open.rows.addRows(chunk.rows)
    chunk.release?.()
    addTally(open.tally, chunk.tally)
    open.chunks++
    if (open.rows.tokenCount < tokens) continue
    yield close(open)
    open = undefined
  }
  if (open !== undefined) yield close(open)
}

const MAX_FIRST_TOKENS = 1 << 26

/** Of the chunk that fills a window. What is taken and not used is never touched, so it costs no memory. */
const SPARE_TOKENS = 1 << 20

interface OpenWindow {
  readonly rows: TokenRowsBuilder
  chunks: number
  readonly tally: Tally
}
