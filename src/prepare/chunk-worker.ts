/** A worker thread of a preparation, a check or a fix: opens the model once, then works on the chunks that it is sent. */
import { workerData } from 'node:worker_threads'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { LosslineError } from '../error.ts'
import type { LintTally } from '../lint/index.ts'
import type { CheckTask } from './check-chunk.ts'
import type { ChunkComparison, CompareTask } from './compare-chunk.ts'
import type { FixedChunk } from './fix-chunk.ts'
import { hashFile as hashFileOf } from './hash-file.ts'
import { type ChunkTask, prepareChunk as prepare } from './prepare-chunk.ts'
import { listPreparedTransfers, type PreparedChunk } from './prepared-chunk.ts'
import { fromWorkerSettings, openModelFor, type WorkerSettings } from './worker-settings.ts'

/** A result, or a LosslineError as plain data: an error's own fields don't survive the way between threads. */
export type Outcome<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly what: string
      readonly where: string | undefined
      readonly fix: string | undefined
    }

const settings = fromWorkerSettings(workerData as WorkerSettings)
const opened = openModelFor(settings)
opened.catch(() => {})

/** An `Outcome<PreparedChunk>`, whose buffers are moved. */
export async function prepareChunk(task: ChunkTask): Promise<unknown> {
  const outcome = await toOutcome(async () => prepare(task, await opened, settings))
  const transfers = outcome.kind === 'done' ? listPreparedTransfers(outcome.value) : []
  return move({ [transferableSymbol]: transfers, [valueSymbol]: outcome satisfies Outcome<PreparedChunk> })
}

/** What the rules find in a chunk's rows. */
export function checkChunk(task: CheckTask): Promise<Outcome<LintTally>> {
  return toOutcome(async () => {
    // The rules are many files, which a preparation doesn't wait for.
    const { checkChunk: check } = await import('./check-chunk.ts')
    return check(task, await opened, settings)
  })
}

/** An `Outcome<FixedChunk>`, whose bytes are moved. */
export async function fixChunk(task: CheckTask): Promise<unknown> {
  const outcome = await toOutcome(async () => {
    const { fixChunk: fix } = await import('./fix-chunk.ts')
    return fix(task, await opened, settings)
  })
  const transfers = outcome.kind === 'done' ? [outcome.value.bytes] : []
  return move({ [transferableSymbol]: transfers, [valueSymbol]: outcome satisfies Outcome<FixedChunk> })
}

/** How the tools' masks differ in a chunk's rows. */
export function compareChunk(task: CompareTask): Promise<Outcome<ChunkComparison>> {
  return toOutcome(async () => {
    const { compareChunk: compare } = await import('./compare-chunk.ts')
    return compare(task, await opened, settings)
  })
}

/** A file's SHA-256, worked out beside the chunks. */
export function hashFile(path: string): Promise<Outcome<string>> {
  return toOutcome(() => hashFileOf(path))
}

async function toOutcome<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { kind: 'done', value: await work() }
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    return { kind: 'failed', code: error.code, what: error.message, where: error.where, fix: error.fix }
  }
}
