import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError } from '../error.ts'
import { describeModel, describeOptions, toFingerprint } from './fingerprint.ts'
import { type Fingerprint, type Journal, startJournal } from './journal.ts'
import { describeInputs, MANIFEST, type Manifest, toManifest, writeManifest } from './manifest.ts'
import { DEFAULT_SHARD_BYTES, type PrepareOptions } from './options.ts'
import {
  checkFingerprint,
  forgetFruitless,
  forgetUnbegun,
  openOutputFolder,
  removeWorkFolder,
} from './output-folder.ts'
import { summarisePacking } from './packing-summary.ts'
import { findInputs, type Input } from './plan.ts'
import { writeReport } from './report/report.ts'
import { NO_ROWS, Run } from './run.ts'
import { type Settings, toSettings } from './settings.ts'
import { WorkerPool } from './worker-pool.ts'
import { openModelFor } from './worker-settings.ts'

export interface Prepared {
  readonly manifest: Manifest
  /** `resumed`: an interrupted run was finished. `whole`: all was there already, and nothing was done. */
  readonly kind: 'new' | 'resumed' | 'whole'
}

/**
 * Turns datasets into a folder of tokenised, masked, cut and packed rows, which `datasets.load_from_disk` (arrow) or `load_dataset` opens:
 * columns `input_ids`, `labels`, with packing `seq_lengths`; `lossline.json` tells what was done. The same inputs and options give the same bytes,
 * with any number of workers, and with any number of interruptions that `existing: 'resume'` went on after.
 *
 * Rows that can't be used go to `rejected.jsonl` in the folder and are counted. Errors that the linter finds in rows end the work, unless
 * `allowFindings` names their rules.
 *
 * @throws LosslineError `prepare/…` for options and folders, `prepare/findings` for such errors, `prepare/interrupted` after `signal`, `prepare/no-rows` when nothing is left to train
 *   on, `dataset/…` for files that can't be read or written
 */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const given = toSettings(options)
  const inputs = await findInputs(options.inputs, given)
  const existing = openOutputFolder(options.output, options.existing ?? 'refuse')
  if (existing.kind === 'whole') return acceptWhole(options, given, inputs)
  const { format = 'arrow', shardBytes = DEFAULT_SHARD_BYTES } = options
  const begun = existing.kind === 'begun' ? existing.journal : undefined
  const settings = begun === undefined ? given : { ...given, now: new Date(begun.now) }
  const pool = new WorkerPool(settings, { inputs, worksHere: true, reusesMemory: true })
  try {
    const model = await pool.model
    const described = { options: describeOptions(settings, options, shardBytes), model: describeModel(model) }
    const fingerprint = toFingerprint(described.options, described.model, inputs, options.now)
    if (begun !== undefined) checkFingerprint(begun.fingerprint, fingerprint, options.output)
    const journal = begun ?? startJournal(fingerprint, settings.now)
    const hashes = hashInputs(inputs, pool)
    const folder = options.output
    const run = new Run({ folder, format, shardBytes, settings, inputs, journal, pool })
    const columns = await run.write()
    const packing = summariseShards(settings, journal)
    const { tally, shards, samples } = journal
    const { now } = settings
    const counted = { columns, tally, packing, shards }
    const manifest = toManifest({ ...described, inputs, now, hashes: await hashes, ...counted })
    const { lengths, keptLengths } = tally
    const { tokenizer } = model
    await writeReport(folder, { manifest, lengths, keptLengths, samples: samples.rows, tokenizer })
    await writeManifest(folder, manifest)
    removeWorkFolder(folder)
    return { manifest, kind: begun === undefined ? 'new' : 'resumed' }
  } catch (error) {
    if (error instanceof LosslineError && error.code === NO_ROWS) forgetFruitless(options.output)
    else forgetUnbegun(options.output)
    throw error
  } finally {
    await pool.close()
  }
}

/** A folder that is finished, if it is what these options give. */
async function acceptWhole(
  options: PrepareOptions,
  settings: Settings,
  inputs: readonly Input[],
): Promise<Prepared> {
  const folder = options.output
  // A run that was killed at its very end has left this.
  removeWorkFolder(folder)
  const manifest = readManifest(folder)
  const described = {
    options: describeOptions(settings, options, options.shardBytes ?? DEFAULT_SHARD_BYTES),
    model: describeModel(await openModelFor(settings)),
  }
  checkIsOf(manifest, { ...described, inputs }, folder)
  return { manifest, kind: 'whole' }
}

function summariseShards(
  settings: Settings,
  { tally, shards, splitSequences }: Journal,
): ReturnType<typeof summarisePacking> {
  const packs = shards.reduce((sum, { rows }) => sum + rows, 0)
  return summarisePacking(settings, tally, packs, splitSequences)
}

/** Whether a whole folder is what these options, this model and inputs of these sizes give: else it must not pass for it. */
function checkIsOf(
  manifest: Manifest,
  { options, model, inputs }: { options: Fingerprint; model: Fingerprint; inputs: readonly Input[] },
  folder: string,
): void {
  const withoutHashes = (described: Manifest['inputs']): unknown =>
    described.map(({ files, ...spec }) => ({
      ...spec,
      files: files.map(({ path, bytes }) => ({ path, bytes })),
    }))
  const asked = { ...options, ...model, inputs: withoutHashes(describeInputs(inputs, new Map())) }
  const there = { ...manifest.options, ...manifest.model, inputs: withoutHashes(manifest.inputs) }
  checkFingerprint(there, asked, folder)
}

/** The SHA-256 of each file, by its path. A failure is told when it is awaited, after that of the rows. */
function hashInputs(inputs: readonly Input[], pool: WorkerPool): Promise<Map<string, string>> {
  const paths = new Set(
    inputs.flatMap(({ files }) => files.flatMap(({ parts }) => parts.map(({ path }) => path))),
  )
  const hashes = Promise.all([...paths].map(async path => [path, await pool.hashFile(path)] as const)).then(
    entries => new Map(entries),
  )
  hashes.catch(() => {})
  return hashes
}

/** @throws LosslineError `prepare/manifest` */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST)
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (cause) {
    const fix = 'Write the folder anew with {overwrite}.'
    throw new LosslineError('prepare/manifest', "can't be read", { where: path, fix, cause })
  }
}
