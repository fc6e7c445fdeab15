import { existsSync, rmSync } from 'node:fs'
import { open, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, toWriteError } from '../../dataset/index.ts'
import { LosslineError } from '../../error.ts'
import { type SFTConfig, toSnakeCase } from '../config/index.ts'
import type { Optimizer } from '../optim/index.ts'
import type { Progress } from '../progress/index.ts'
import { writeSafetensors } from '../weights/index.ts'
import { FILES, type KeptProgress, type Training } from './checkpoint.ts'
import { checkpointFolder } from './folders.ts'
import { formatTrainerState } from './trainer-state.ts'

/**
 * Writes `checkpoint-N`, so that its name only ever means the whole of it: to `checkpoint-N.tmp`, to the disk, then renamed. What fails or
 * is killed leaves the checkpoints before it as they were.
 *
 * @returns the folder
 * @throws LosslineError `dataset/disk-full` and what else writing can fail with
 */
export async function writeCheckpoint(training: Training, progress: Progress): Promise<string> {
  const folder = checkpointFolder(training.config.outputDir, progress.globalStep)
  const aside = `${folder}.tmp`
  try {
    rmSync(aside, { recursive: true, force: true })
    makeFolder(aside)
    await training.modelFiles.save(aside)
    if (!training.config.saveOnlyModel) await writeTraining(aside, training, progress)
    await writeFile(join(aside, FILES.trainerState), formatTrainerState(training, progress))
    await syncAll(aside)
    removeEarlier(folder)
    await rename(aside, folder)
    await sync(training.config.outputDir)
    return folder
  } catch (cause) {
    rmSync(aside, { recursive: true, force: true })
    throw cause instanceof LosslineError ? cause : toWriteError(cause, folder)
  }
}

/** A run that went on from an earlier checkpoint comes by here again; what else has the name is not ours to delete. */
function removeEarlier(folder: string): void {
  if (!existsSync(folder)) return
  if (!existsSync(join(folder, FILES.trainerState))) {
    const fix = 'Move it away, or name another {output}.'
    throw new LosslineError('train/output-exists', 'is there, and is no checkpoint', { where: folder, fix })
  }
  rmSync(folder, { recursive: true })
}

async function writeTraining(folder: string, training: Training, progress: Progress): Promise<void> {
  const { config, optimizer, scheduler, dataHash, now } = training
  const { pending, worseEvaluations, tokens, totalLoss } = progress
  const kept: KeptProgress = {
    pending,
    worseEvaluations,
    tokens,
    totalLoss,
    dataHash,
    now: now?.toISOString() ?? null,
  }
  await writeOptimizer(join(folder, FILES.optimizer), optimizer)
  await writeJson(join(folder, FILES.scheduler), scheduler.state)
  await writeJson(join(folder, FILES.arguments), toArguments(config))
  await writeJson(join(folder, FILES.progress), kept)
}

async function writeOptimizer(path: string, { state, steps }: Optimizer): Promise<void> {
  const tensors = state.map(({ name, shape, data }) => ({ name, dtype: 'F32' as const, shape, values: data }))
  await writeSafetensors(path, tensors, { steps: String(steps) })
}

/** The options by TRL's names; null where one has no value. */
function toArguments(config: SFTConfig): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [toSnakeCase(name), value ?? null] as const),
  )
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`)
}

/** Brings a folder's files, and its list of them, to the disk. */
async function syncAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await syncAll(path)
    else if (entry.isFile()) await sync(path)
  }
  await sync(folder)
}

/** Windows has no such call for folders. */
async function sync(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
