import { statSync } from 'node:fs'
import {
  type ChunkMemory,
  findInputFiles,
  findSavedFolder,
  memoryOf,
  type SplitOptions,
  splitFile,
} from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import type { InputSpec } from './options.ts'
import type { ChunkTask } from './prepare-chunk.ts'
import { ReadMeter } from './read-meter.ts'
import { type Choice, chooseRows } from './row-choice.ts'
import type { Settings } from './settings.ts'

/** An input with the files that it stands for. */
export interface Input extends InputSpec {
  readonly files: readonly InputFile[]
}

export interface InputFile {
  /** `-` is standard input; a folder is one that `datasets.save_to_disk` wrote. */
  readonly path: string
  /** The files with its bytes: itself, or the folder's; none of standard input. */
  readonly parts: readonly FilePart[]
}

export interface FilePart {
  readonly path: string
  readonly byteLength: number
  readonly modifiedMs: number
}

/**
 * Finds the files of each input.
 *
 * @throws LosslineError `dataset/…` for an input that is not there, `prepare/option` for a share that can't be taken
 */
export async function findInputs(specs: readonly InputSpec[], settings: Settings): Promise<Input[]> {
  const inputs: Input[] = []
  for (const spec of specs) {
    checkShare(spec)
    const notice = settings.notice === undefined ? {} : { notice: settings.notice }
    const paths = await findInputFiles([spec.path], notice)
    inputs.push({ ...spec, files: await Promise.all(paths.map(toInputFile)) })
  }
  return inputs
}

export interface PlanOptions {
  /** Told what is read. */
  readonly meter?: ReadMeter
  /** Where the bytes of chunks lie; default: each has its own. */
  readonly memory?: ChunkMemory
}

/**
 * The chunks of all inputs, one input after the other, with the rows that are taken of each. A function of the files and the settings alone:
 * it can be gone through again.
 */
export async function* planChunks(
  inputs: readonly Input[],
  settings: Settings,
  { meter = new ReadMeter(inputs), memory }: PlanOptions = {},
): AsyncGenerator<ChunkTask> {
  const split = splitOptions(settings, meter)
  for (const [i, input] of inputs.entries()) {
    const total = input.samples === undefined ? 0 : await countRowsOf(input, split)
    const { passes, choose } = chooseRows(input, total, settings.seed + i)
    if (input.samples !== undefined) meter.setReads(i, 1 + passes)
    for (let pass = 0; pass < passes; pass++)
      yield* planPass(input, { ...split, ...(memory !== undefined && { memory }) }, choose(pass))
  }
}

async function* planPass(
  input: Input,
  split: SplitOptions,
  choice: Choice | undefined,
): AsyncGenerator<ChunkTask> {
  for (const { path } of input.files) {
    for await (const chunk of splitFile(path, split)) {
      const rows = choice?.(chunk.rowCount)
      if (rows === undefined || rows.length > 0) yield { chunk, rows }
      else split.memory?.give(memoryOf(chunk))
    }
  }
}

async function countRowsOf(input: Input, split: SplitOptions): Promise<number> {
  let count = 0
  for (const { path } of input.files)
    for await (const { rowCount } of splitFile(path, split)) count += rowCount
  return count
}

function splitOptions({ fileFormat, notice }: Settings, meter: ReadMeter): SplitOptions {
  return {
    onBytes: meter.add,
    ...(fileFormat !== undefined && { format: fileFormat }),
    ...(notice !== undefined && { notice }),
  }
}

async function toInputFile(path: string): Promise<InputFile> {
  if (path === '-') return { path, parts: [] }
  const saved = await findSavedFolder(path, undefined)
  return { path, parts: (saved?.files ?? [path]).map(toPart) }
}

/** A part that is not there is told where it is read. */
function toPart(path: string): FilePart {
  const stats = statSync(path, { throwIfNoEntry: false })
  return { path, byteLength: stats?.size ?? 0, modifiedMs: stats?.mtimeMs ?? 0 }
}

function checkShare({ path, weight, samples }: InputSpec): void {
  const fail = (what: string, fix?: string): never => {
    throw new LosslineError(
      'prepare/option',
      what,
      fix === undefined ? { where: path } : { where: path, fix },
    )
  }
  if (weight !== undefined && samples !== undefined)
    fail('has a weight and a number of samples', 'Give one of them.')
  if (weight !== undefined && !(weight > 0 && Number.isFinite(weight)))
    fail(`has the weight ${weight}; expected a number above 0`)
  if (samples !== undefined && !(Number.isInteger(samples) && samples > 0))
    fail(`has samples=${samples}; expected a whole number, from 1`)
  if (path === '-' && (samples !== undefined || (weight !== undefined && weight > 1)))
    fail(
      'is standard input, which can be read only once',
      'Write it to a file first, or give a weight of at most 1.',
    )
}
