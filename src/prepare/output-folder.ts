import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, toWriteError } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { type Fingerprint, JOURNAL, type Journal, readJournal, WORK_FOLDER } from './journal.ts'
import { MANIFEST } from './manifest.ts'
import { REJECTED } from './rejected-file.ts'

/** What is there already of an output. */
export type Existing =
  | { readonly kind: 'none' }
  | { readonly kind: 'begun'; readonly journal: Journal }
  /** All of it. */
  | { readonly kind: 'whole' }

/**
 * Looks at the folder that is to be written, and makes it.
 *
 * @throws LosslineError `prepare/output-exists` for one that may not be touched, `dataset/…` where it can't be made
 */
export function openOutputFolder(folder: string, existing: 'refuse' | 'resume' | 'overwrite'): Existing {
  if (existing === 'overwrite') clear(folder)
  const found = existing === 'resume' ? findExisting(folder) : refuseExisting(folder)
  try {
    if (found.kind !== 'whole') makeFolder(join(folder, WORK_FOLDER))
  } catch (cause) {
    throw toWriteError(cause, folder)
  }
  return found
}

/** Ends the state of being half done. */
export function removeWorkFolder(folder: string): void {
  rmSync(join(folder, WORK_FOLDER), { recursive: true, force: true })
}

/** Leaves nothing of a run that failed before anything was done: the next one needs no {resume}. */
export function forgetUnbegun(folder: string): void {
  if (existsSync(join(folder, WORK_FOLDER, JOURNAL)) || existsSync(join(folder, MANIFEST))) return
  removeWorkFolder(folder)
  rmSync(join(folder, REJECTED), { force: true })
  if (list(folder).length === 0) rmdirSync(folder)
}

/** Leaves of a run that came to its end without any row the rejected ones alone: there is nothing to go on with. */
export function forgetFruitless(folder: string): void {
  removeWorkFolder(folder)
  if (list(folder).length === 0) rmdirSync(folder)
}

/** Of a run without a row that could be used: it says why, and the next one may write over it. */
function isFruitless(names: readonly string[]): boolean {
  return names.every(name => name === REJECTED)
}

function findExisting(folder: string): Existing {
  if (existsSync(join(folder, MANIFEST))) return { kind: 'whole' }
  const journal = readJournal(folder)
  if (journal !== undefined) return { kind: 'begun', journal }
  if (list(folder).some(name => name !== WORK_FOLDER && !isOurs(name))) throw notOurs(folder)
  return { kind: 'none' }
}

function refuseExisting(folder: string): Existing {
  const names = list(folder)
  if (isFruitless(names)) return { kind: 'none' }
  if (existsSync(join(folder, MANIFEST))) {
    const fix = 'Write it anew with {overwrite}, or name another folder.'
    throw new LosslineError('prepare/output-exists', 'holds a prepared dataset', { where: folder, fix })
  }
  if (names.includes(WORK_FOLDER)) {
    const fix = 'Go on with {resume}, or start anew with {overwrite}.'
    throw new LosslineError('prepare/output-exists', 'holds an interrupted preparation', {
      where: folder,
      fix,
    })
  }
  const fix = 'Name a folder that is empty or does not exist.'
  throw new LosslineError('prepare/output-exists', `exists and is not empty`, { where: folder, fix })
}

/** Only what Lossline has written is ever deleted. */
function clear(folder: string): void {
  const names = list(folder)
  if (!isFruitless(names) && !names.includes(MANIFEST) && !names.includes(WORK_FOLDER)) throw notOurs(folder)
  for (const name of names) if (isOurs(name)) rmSync(join(folder, name), { recursive: true, force: true })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR') {
      const fix = 'Name a folder.'
      throw new LosslineError('prepare/output-exists', 'is a file; expected a folder to write', {
        where: folder,
        fix,
      })
    }
    throw toWriteError(cause, folder)
  }
}

function isOurs(name: string): boolean {
  return (
    name === WORK_FOLDER ||
    /^data-\d{5,}\.(arrow|parquet|jsonl)(\.tmp)?$/.test(name) ||
    /^(lossline\.json|rejected\.jsonl|report\.html|README\.md|state\.json|dataset_info\.json)(\.tmp)?$/.test(
      name,
    )
  )
}

function notOurs(folder: string): LosslineError {
  const fix = 'Name another folder, or empty it yourself.'
  return new LosslineError('prepare/output-exists', 'holds files that Lossline has not written', {
    where: folder,
    fix,
  })
}

/**
 * Whether a run may go on: only what it was begun with gives the same bytes.
 *
 * @throws LosslineError `prepare/resume-differs`, which names the first difference
 */
export function checkFingerprint(begun: Fingerprint, now: Fingerprint, folder: string): void {
  for (const key of new Set([...Object.keys(begun), ...Object.keys(now)])) {
    const before = JSON.stringify(begun[key]) ?? 'not given'
    const after = JSON.stringify(now[key]) ?? 'not given'
    if (before === after) continue
    const what =
      key === 'inputs'
        ? 'was begun with other inputs, or they have changed since'
        : `was begun with another ${key.replaceAll('_', ' ')}: ${cut(before)}, and now it is ${cut(after)}`
    const fix = 'Give the same, or start anew with {overwrite}.'
    throw new LosslineError('prepare/resume-differs', what, { where: folder, fix })
  }
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
