import { randomInt } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { toWriteError } from '../../../dataset/index.ts'
import { readVersion } from '../../../package-root.ts'
import type { KeptEvent, RunStart } from '../event.ts'
import type { LogWriter } from '../log-writer.ts'
import { toScalars, toTag } from '../scalars.ts'
import { type JsonItem, toRecordBytes, type WandbRecord } from './records.ts'
import { FILE_HEADER, frameRecord } from './transaction-log.ts'

/**
 * An offline run in wandb's own format, which `wandb sync` uploads: numbers under transformers' names, with `train/global_step`. A run that goes
 * on from a checkpoint is written whole again, as a run of its own.
 */
export const wandb: LogWriter = {
  name: 'wandb',
  summary: 'wandb/: an offline run for wandb sync',
  always: false,
  open: async ({ folder, start, earlier, now }) => {
    const startMs = now()
    const runId = makeRunId()
    const path = await makeFile(join(folder, 'wandb'), runId, startMs)
    const handle = await open(path, 'w')
    let position = 0
    let count = 0
    let historyStep = 0
    const append = async (...records: readonly WandbRecord[]): Promise<void> => {
      const framed = records.map(record => {
        const bytes = frameRecord(toRecordBytes(record, ++count), position)
        position += bytes.length
        return bytes
      })
      await handle.appendFile(Buffer.concat(framed)).catch((cause: unknown) => {
        throw toWriteError(cause, path)
      })
    }
    const write = async (event: KeptEvent): Promise<void> => {
      const items = toItems(event, { historyStep, nowMs: now(), startMs })
      await append({ kind: 'history', step: historyStep++, items }, { kind: 'summary', items })
    }
    await handle.appendFile(FILE_HEADER)
    position = FILE_HEADER.length
    await append({ kind: 'header', producer: `lossline ${readVersion()}` }, toRun(start, { runId, startMs }))
    for (const event of earlier) await write(event)
    return {
      write,
      close: async () => {
        await append({ kind: 'exit', runtimeSeconds: Math.round((now() - startMs) / 1000) })
        await handle.close()
      },
    }
  },
}

function toRun(start: RunStart, at: { readonly runId: string; readonly startMs: number }): WandbRecord {
  const config = Object.entries({ ...start.modelConfig, ...start.config })
  return {
    kind: 'run',
    ...at,
    // transformers' default, and its variable.
    project: process.env['WANDB_PROJECT'] || 'huggingface',
    displayName: start.runName,
    host: hostname(),
    config: [['_wandb', '{}'], ...config.map(([name, value]): JsonItem => [name, JSON.stringify(value)])],
  }
}

function toItems(
  event: KeptEvent,
  { historyStep, nowMs, startMs }: { historyStep: number; nowMs: number; startMs: number },
): JsonItem[] {
  const scalars = Object.entries(toScalars(event)).map(
    ([name, value]): JsonItem => [toTag(name), toJson(value)],
  )
  const answers =
    event.kind !== 'answers'
      ? []
      : event.answers.map(({ answer }, a): JsonItem => [`answers/${a + 1}`, JSON.stringify(answer)])
  return [
    ['_step', String(historyStep)],
    ...scalars,
    ...answers,
    ['train/global_step', String(event.step)],
    ['_timestamp', String(nowMs / 1000)],
    ['_runtime', String((nowMs - startMs) / 1000)],
  ]
}

/** wandb writes what JSON has no number for as text. */
function toJson(value: number): string {
  return Number.isFinite(value) ? String(value) : JSON.stringify(String(value))
}

/** `offline-run-20261125_104932-nliajy2x/run-nliajy2x.wandb`, with the folder of files that wandb expects beside it. */
async function makeFile(folder: string, runId: string, startMs: number): Promise<string> {
  const [day, time] = new Date(startMs).toISOString().replace(/[-:]/g, '').slice(0, 15).split('T')
  const run = join(folder, `offline-run-${day}_${time}-${runId}`)
  const path = join(run, `run-${runId}.wandb`)
  await mkdir(join(run, 'files'), { recursive: true }).catch((cause: unknown) => {
    throw toWriteError(cause, path)
  })
  return path
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

function makeRunId(): string {
  return Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}
