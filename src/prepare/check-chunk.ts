import { parseRow } from '../conversation/index.ts'
import { type DatasetRow, type ReadRow, readChunk } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import {
  emptyLintTally,
  type Facts,
  type LintTally,
  lintFailure,
  lintRow,
  RowSubject,
  type RuleLevels,
} from '../lint/index.ts'
import { defaultStrategy, maskExample } from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import { LoopGuard } from './loop-guard.ts'
import { type ChunkTask, OPTION_CODES } from './prepare-chunk.ts'
import { checkTemplate } from './prepare-row.ts'
import type { Settings } from './settings.ts'
import { truncate } from './truncate.ts'
import { withPauses } from './with-pauses.ts'

/** A chunk to be looked at, and what the rules need to know beside it. */
export interface CheckTask extends ChunkTask {
  readonly levels: RuleLevels
  readonly facts: Facts
}

/**
 * Puts the rows of a chunk to the rules. A row that can't be used is a finding.
 *
 * @throws LosslineError as `prepareChunk`
 */
export async function checkChunk(task: CheckTask, model: Model, settings: Settings): Promise<LintTally> {
  const tally = emptyLintTally()
  const chosen = task.rows === undefined ? undefined : new Set(task.rows)
  const facts = { ...task.facts, isColumnar: task.chunk.kind === 'arrow' }
  const guard = new LoopGuard()
  for await (const row of withPauses(await readChunk(task.chunk))) {
    if (chosen === undefined || chosen.has(row.row - task.chunk.startRow))
      checkRow(tally, row, { model, settings, task: { ...task, facts }, guard })
  }
  return tally
}

interface Work {
  readonly model: Model
  readonly settings: Settings
  readonly task: CheckTask
  readonly guard: LoopGuard
}

function checkRow(tally: LintTally, row: DatasetRow, work: Work): void {
  const { where } = row
  try {
    if (row.kind === 'broken') throw row.error
    const { subject, read } = toSubject(row, work)
    lintRow(tally, subject, read, work.task.levels)
    work.guard.pass()
  } catch (error) {
    if (!(error instanceof LosslineError) || OPTION_CODES.includes(error.code)) throw error
    work.guard.fail(error.at(where))
    lintFailure(tally, where, row.kind === 'broken' ? withoutPlace(error) : error)
  }
}

/** A row as the rules look at it. */
export function toSubject(
  { value, where }: ReadRow,
  { model, settings, task }: Omit<Work, 'guard'>,
): { subject: RowSubject; read: ReturnType<typeof parseRow>['findings'] } {
  const { example, format, findings } = parseRow(value, settings.rows)
  checkTemplate(example, model)
  const options = settings.mask ?? {}
  const masks = maskExample(example, model, options)
  const cuts =
    settings.maxLength === undefined ? undefined : masks.map(masked => truncate(masked, settings).pieces)
  const strategy = options.strategy ?? defaultStrategy(example)
  const { facts } = task
  const parts = { where, row: value, example, format, masks, cuts, context: model, options, strategy, facts }
  return { subject: new RowSubject(parts), read: findings }
}

/** A broken row's error has the file in its place, which the finding has too. */
export function withoutPlace({ code, message }: LosslineError): LosslineError {
  return new LosslineError(code, message)
}
