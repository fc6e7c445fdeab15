import { existsSync, readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { toWriteError, writeFileWhole } from '../../dataset/index.ts'
import type { EvaluatedGroup, GeneratedAnswer, KeptEvent, Metrics } from './event.ts'
import type { LogWriter } from './log-writer.ts'

export const METRICS = 'metrics.jsonl'

/** `metrics.jsonl`: a line for each log, evaluation and set of answers, and one at the end; numbers as in transformers' log_history. */
export const metricsFile: LogWriter = {
  name: 'metrics',
  summary: `${METRICS}: a line for each log, evaluation and set of answers`,
  always: true,
  open: async ({ folder, earlier }) => {
    const path = join(folder, METRICS)
    // What came after the checkpoint comes again, and a line that was cut by a kill is none.
    await writeFileWhole(path, [Buffer.from(earlier.map(toLine).join(''))])
    const handle = await open(path, 'a')
    return { write: event => append(handle, path, toLine(event)), close: () => handle.close() }
  },
}

async function append(handle: FileHandle, path: string, line: string): Promise<void> {
  try {
    await handle.appendFile(line)
  } catch (cause) {
    throw toWriteError(cause, path)
  }
}

/**
 * The events that a folder's metrics.jsonl keeps up to a step; none where there is no such file. A last line that was cut is left out.
 *
 * @param lastStep the step of the checkpoint that is gone on from
 */
export function readMetrics(folder: string, lastStep: number): KeptEvent[] {
  const path = join(folder, METRICS)
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map(parseLine).filter(event => event.step <= lastStep && event.kind !== 'end')
}

interface Line {
  readonly step: number
  readonly epoch: number
  readonly answers?: readonly GeneratedAnswer[]
  readonly eval_groups?: readonly EvaluatedGroup[]
}

function toLine(event: KeptEvent): string {
  const { step, epoch } = event
  return `${JSON.stringify({ step, epoch, ...toFields(event) })}\n`
}

function toFields(event: KeptEvent): object {
  if (event.kind === 'answers') return { answers: event.answers }
  // JSON has neither NaN nor infinity: as text they are at least there.
  const metrics = Object.entries(event.metrics).map(([name, value]) => [
    name,
    Number.isFinite(value) ? value : String(value),
  ])
  const groups = event.kind === 'evaluation' ? { eval_groups: event.groups } : {}
  return { ...Object.fromEntries(metrics), ...groups }
}

function parseLine(text: string): KeptEvent {
  const { step, epoch, answers, eval_groups: groups, ...rest } = JSON.parse(text) as Line
  if (answers !== undefined) return { kind: 'answers', step, epoch, answers }
  const metrics: Metrics = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, Number(value)]),
  )
  if (groups !== undefined) return { kind: 'evaluation', step, epoch, metrics, groups }
  return { kind: 'train_runtime' in metrics ? 'end' : 'log', step, epoch, metrics }
}
