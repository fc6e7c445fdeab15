import {
  addComparedRow,
  type CompareTally,
  compareRow,
  emptyCompareTally,
  TOOLS,
  type ToolName,
} from '../compare/index.ts'
import { type Example, type FormatName, parseRow } from '../conversation/index.ts'
import { type DatasetRow, readChunk } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import type { MaskOptions } from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import { type ChunkTask, OPTION_CODES } from './prepare-chunk.ts'
import { checkTemplate } from './prepare-row.ts'
import type { Settings } from './settings.ts'
import { withPauses } from './with-pauses.ts'

/** A chunk whose rows are compared, and with what. */
export interface CompareTask extends ChunkTask {
  readonly tool: ToolName
  /** The markers that the tool's rule searches for. */
  readonly markers: Pick<MaskOptions, 'responseTemplate' | 'instructionTemplate'>
}

/** What became of a chunk's rows. Plain data, so that threads can send it. */
export interface ChunkComparison {
  readonly tally: CompareTally
  /** Rows that can't be compared, in order: broken ones, and those that the template refuses. */
  readonly failures: readonly RowFailure[]
  /** Each format with the first row that has it. */
  readonly formats: ReadonlyMap<FormatName, number>
  readonly kinds: ReadonlySet<Example['kind']>
}

/** An error's own fields don't survive the way between threads. */
export interface RowFailure {
  readonly code: string
  readonly what: string
  readonly where: string | undefined
  readonly fix: string | undefined
}

/**
 * Compares what a tool trains of a chunk's rows with the exact mask.
 *
 * @throws LosslineError as `prepareChunk`
 */
export async function compareChunk(
  task: CompareTask,
  model: Model,
  settings: Settings,
): Promise<ChunkComparison> {
  const chosen = task.rows === undefined ? undefined : new Set(task.rows)
  const tally = emptyCompareTally()
  const failures: RowFailure[] = []
  const formats = new Map<FormatName, number>()
  const kinds = new Set<Example['kind']>()
  for await (const row of withPauses(await readChunk(task.chunk))) {
    if (chosen !== undefined && !chosen.has(row.row - task.chunk.startRow)) continue
    try {
      addRow(row)
    } catch (error) {
      if (!(error instanceof LosslineError) || OPTION_CODES.includes(error.code)) throw error
      const { code, message, where, fix } = row.kind === 'broken' ? error : error.at(row.where)
      failures.push({ code, what: message, where, fix })
    }
  }
  return { tally, failures, formats, kinds }

  function addRow(row: DatasetRow): void {
    if (row.kind === 'broken') throw row.error
    const { example, format } = parseRow(row.value, settings.rows)
    checkTemplate(example, model)
    if (!formats.has(format)) formats.set(format, row.row)
    kinds.add(example.kind)
    addComparedRow(tally, compareRow(example, TOOLS[task.tool], model, task.markers), row.where)
  }
}
