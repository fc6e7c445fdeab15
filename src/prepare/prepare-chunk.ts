import { type Chunk, type DatasetRow, readChunk } from '../dataset/index.ts'
import { describeError, LosslineError } from '../error.ts'
import { writeJson } from '../json/index.ts'
import { IGNORE_INDEX, type Masked } from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import { cutTrained, type Piece } from './piece.ts'
import { type CutExample, maskRow } from './prepare-row.ts'
import type { PreparedChunk, Reject } from './prepared-chunk.ts'
import type { Settings } from './settings.ts'
import { addCount, addTruncation, emptyTally, merge, type Tally } from './tally.ts'
import { TokenRowsBuilder } from './token-rows-builder.ts'
import { withPauses } from './with-pauses.ts'

/** A chunk, and which of its rows are taken. */
export interface ChunkTask {
  readonly chunk: Chunk
  /** Rows of the chunk, in rising order; undefined: all. */
  readonly rows: Uint32Array | undefined
  /** Where ids and labels are to be laid, if there is room for all of them; undefined: in memory of their own. */
  readonly room?: SharedArrayBuffer | undefined
}

/**
 * Reads, masks and cuts the rows of a chunk. A row that can't be used is a reject; no row ends the work.
 *
 * @throws LosslineError for a file that can't be read any more, and for options that no row can do with
 */
export async function prepareChunk(
  task: ChunkTask,
  model: Model,
  settings: Settings,
): Promise<PreparedChunk> {
  const work = new ChunkWork(model, settings, task)
  const chosen = task.rows === undefined ? undefined : new Set(task.rows)
  for await (const row of withPauses(await readChunk(task.chunk))) {
    if (chosen === undefined || chosen.has(row.row - task.chunk.startRow)) work.add(row)
  }
  return work.end()
}

/** Of bytes of UTF-8 three or more make a token nearly everywhere; more room is taken where that is not so. */
export function expectTokens({ bytes }: Chunk): number {
  return Math.ceil(bytes.byteLength / 3)
}

class ChunkWork {
  readonly #model: Model
  readonly #settings: Settings
  readonly #chunk: Chunk
  readonly #tally: Tally = emptyTally()
  readonly #rows: TokenRowsBuilder
  readonly #sourceRows: number[] = []
  readonly #rejects: Reject[] = []

  constructor(model: Model, settings: Settings, { chunk, room }: ChunkTask) {
    this.#model = model
    this.#settings = settings
    this.#chunk = chunk
    this.#rows = new TokenRowsBuilder(room ?? expectTokens(chunk))
  }

  add(row: DatasetRow): void {
    this.#tally.rows++
    try {
      if (row.kind === 'broken') throw row.error
      for (const example of maskRow(row, this.#model, this.#settings, this.#tally))
        this.#addExample(example, row.row)
    } catch (error) {
      if (!(error instanceof LosslineError) || OPTION_CODES.includes(error.code)) throw error
      this.#reject(row, row.kind === 'broken' ? error : error.at(row.where))
    }
  }

  end(): PreparedChunk {
    const rows = this.#rows.build()
    this.#tally.keptRows = this.#rows.rowCount
    this.#tally.keptTokens = this.#rows.tokenCount
    return {
      file: this.#chunk.name,
      startRow: this.#chunk.startRow,
      rows,
      sourceRows: Int32Array.from(this.#sourceRows),
      rejects: this.#rejects,
      tally: this.#tally,
    }
  }

  #addExample({ masked, cut: { pieces, ...told } }: CutExample, row: number): void {
    const tally = this.#tally
    if (told.tooLong > 0) addTruncation(tally, told)
    for (const piece of pieces) {
      const { trained, isFractional } = countTrained(masked.runs, piece)
      if (trained === 0) {
        tally.droppedUntrained++
        continue
      }
      tally.keptTrainedTokens += trained
      addCount(tally.keptLengths, piece.endToken - piece.startToken)
      this.#sourceRows.push(row - this.#chunk.startRow)
      this.#rows.addWith(
        masked.encoded.ids.subarray(piece.startToken, piece.endToken),
        labels => eraseUntrained(labels, masked.runs, piece),
        isFractional ? cutTrained(masked.weights, piece, 0) : undefined,
      )
    }
  }

  #reject(row: DatasetRow, error: LosslineError): void {
    const reason = describeError(error, 'flag').replaceAll('\n', ' ')
    this.#tally.rejected++
    merge(this.#tally.rejections, error.code, { count: 1, first: reason })
    const json =
      row.kind === 'row'
        ? writeJson(row.value)
        : row.text === undefined
          ? undefined
          : JSON.stringify(row.text)
    this.#rejects.push({ file: this.#chunk.name, row: row.row, code: error.code, reason, json })
  }
}

/** Of a piece's ids, leaves those that are trained. */
function eraseUntrained(
  labels: Int32Array,
  runs: Masked['runs'],
  { startToken, endToken, contextTokens }: Piece,
): void {
  labels.fill(IGNORE_INDEX, 0, contextTokens)
  for (const run of runs) {
    if (run.weight !== 0 || run.endToken <= startToken || run.startToken >= endToken) continue
    labels.fill(IGNORE_INDEX, Math.max(run.startToken - startToken, 0), run.endToken - startToken)
  }
}

/** What every row would fail with is no row's fault. */
export const OPTION_CODES: readonly string[] = ['mask/option', 'template/options', 'prepare/no-template']

/** Tokens of a piece that are trained, and whether some are with another weight than 1. */
function countTrained(
  runs: Masked['runs'],
  { startToken, endToken, contextTokens }: Piece,
): { trained: number; isFractional: boolean } {
  let trained = 0
  let isFractional = false
  for (const run of runs) {
    if (run.weight === 0) continue
    const tokens = Math.min(run.endToken, endToken) - Math.max(run.startToken, startToken + contextTokens)
    if (tokens <= 0) continue
    trained += tokens
    isFractional ||= run.weight !== 1
  }
  return { trained, isFractional }
}
