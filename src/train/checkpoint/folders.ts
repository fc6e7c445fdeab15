import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError } from '../../error.ts'
import type { SFTConfig } from '../config/index.ts'

export const TRAINER_STATE = 'trainer_state.json'

const NAME = /^checkpoint-(\d+)$/
const ASIDE = /^checkpoint-\d+\.tmp$/

/** Where transformers' Trainer puts the checkpoint of a step. */
export function checkpointFolder(output: string, step: number): string {
  return join(output, `checkpoint-${step}`)
}

/** The steps of the whole checkpoints in a folder, rising. */
export function listCheckpoints(output: string): number[] {
  return list(output)
    .flatMap(name => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .filter(step => existsSync(join(checkpointFolder(output, step), TRAINER_STATE)))
    .sort((a, b) => a - b)
}

/**
 * The folder that `resume_from_checkpoint` means.
 *
 * @param given a checkpoint, or `last`: the latest one in the output
 * @throws LosslineError `train/no-checkpoint`
 */
export function findCheckpoint(given: string, output: string): string {
  const last = listCheckpoints(output).at(-1)
  if (given !== 'last') {
    if (existsSync(join(given, TRAINER_STATE))) return given
    const fix = 'Name a folder checkpoint-N, or last.'
    throw new LosslineError('train/no-checkpoint', 'is no checkpoint', { where: given, fix })
  }
  if (last !== undefined) return checkpointFolder(output, last)
  const what = 'holds no checkpoint to go on from'
  throw new LosslineError('train/no-checkpoint', what, { where: output, fix: 'Start without {resume}.' })
}

/**
 * Where a training begins: the checkpoint that it goes on from, or undefined for the start, in an output where no other training is.
 *
 * @throws LosslineError `train/no-checkpoint`, `train/output-exists`
 */
export function findStart({
  resumeFromCheckpoint,
  outputDir,
}: Pick<SFTConfig, 'resumeFromCheckpoint' | 'outputDir'>): string | undefined {
  if (resumeFromCheckpoint !== undefined) return findCheckpoint(resumeFromCheckpoint, outputDir)
  if (listCheckpoints(outputDir).length === 0) return undefined
  const what = 'holds checkpoints of an earlier run'
  const fix = 'Go on with {resume}, or name another {output}.'
  throw new LosslineError('train/output-exists', what, { where: outputDir, fix })
}

/** Removes what a killed run has left half written. */
export function removeAside(output: string): void {
  for (const name of list(output)) if (ASIDE.test(name)) rmSync(join(output, name), { recursive: true })
}

/**
 * Deletes the oldest checkpoints beyond the limit; never the best, and never the latest, which a run goes on from.
 *
 * @returns steps of those that were deleted
 */
export function rotateCheckpoints(output: string, limit: number, best: number | undefined): number[] {
  const steps = listCheckpoints(output)
  const latest = steps.at(-1)
  const deletable = steps.filter(step => step !== best && step !== latest)
  const deleted = deletable.slice(0, Math.max(0, steps.length - limit))
  for (const step of deleted) rmSync(checkpointFolder(output, step), { recursive: true })
  return deleted
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
