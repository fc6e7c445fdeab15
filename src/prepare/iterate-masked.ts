import { readChunk } from '../dataset/index.ts'
import { describeError, LosslineError } from '../error.ts'
import type { Masked } from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import type { IterateOptions } from './iterate.ts'
import type { Piece } from './piece.ts'
import { findInputs, planChunks } from './plan.ts'
import { OPTION_CODES } from './prepare-chunk.ts'
import { maskRow } from './prepare-row.ts'
import { toSettings } from './settings.ts'
import { stopAtErrors, stopAtLeftOut } from './stop-at-errors.ts'
import { addTruncation, emptyTally, type Tally } from './tally.ts'

/** A prepared row with all that is known of its tokens. */
export interface MaskedPiece {
  readonly masked: Masked
  readonly piece: Piece
  /** Of its row: `chats.jsonl:812`. */
  readonly where: string
}

/**
 * The rows that `prepareRows` gives, with the mask that each is cut from: for who asks more of a token than whether it is trained. In this
 * thread, so for sets of thousands rather than of millions.
 *
 * @param tally counts what becomes of the rows
 * @throws LosslineError as `prepareRows`
 */
export async function* prepareMasked(
  options: IterateOptions,
  model: Model,
  tally: Tally = emptyTally(),
): AsyncGenerator<MaskedPiece> {
  const settings = toSettings(options)
  for await (const { chunk, rows } of planChunks(await findInputs(options.inputs, settings), settings)) {
    const chosen = rows === undefined ? undefined : new Set(rows)
    for (const row of await readChunk(chunk)) {
      if (chosen !== undefined && !chosen.has(row.row - chunk.startRow)) continue
      tally.rows++
      try {
        if (row.kind === 'broken') throw row.error
        const examples = maskRow(row, model, settings, tally)
        stopAtErrors(tally, settings)
        for (const { masked, cut } of examples) {
          const { pieces, ...told } = cut
          if (told.tooLong > 0) addTruncation(tally, told)
          for (const piece of pieces) {
            if (hasTrained(masked, piece)) {
              tally.keptRows++
              yield { masked, piece, where: row.where }
            } else tally.droppedUntrained++
          }
        }
      } catch (error) {
        if (!(error instanceof LosslineError) || ENDING_CODES.includes(error.code)) throw error
        const reason = describeError(row.kind === 'broken' ? error : error.at(row.where), 'flag')
        if (options.onReject === undefined) throw new LosslineError('prepare/rejected', reason)
        options.onReject({ file: chunk.name, row: row.row, code: error.code, reason, json: undefined })
      }
    }
  }
  stopAtLeftOut(tally, settings.allowFindings)
}

/** Errors that are no row's fault, or that end the work. */
const ENDING_CODES: readonly string[] = [...OPTION_CODES, 'prepare/findings']

function hasTrained({ runs }: Masked, { startToken, endToken, contextTokens }: Piece): boolean {
  return runs.some(
    run =>
      run.weight !== 0 &&
      Math.min(run.endToken, endToken) > Math.max(run.startToken, startToken + contextTokens),
  )
}
