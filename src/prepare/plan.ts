import { statSync } from 'node:fs'
import { findInputFiles, splitFile } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import type { InputSpec } from './options.ts'
import type { ChunkTask } from './prepare-chunk.ts'
import { type Choice, chooseRows } from './row-choice.ts'
import type { Settings } from './settings.ts'

/** An input with the files that it stands for. */
export interface Input extends InputSpec {
  readonly files: readonly InputFile[]
}

export interface InputFile {
  /** `-` is standard input. */
  readonly path: string
  /** Whether it is a file, with bytes of its own: no standard input, and no folder of `datasets`. */
  readonly isPlain: boolean
  /** Undefined for standard input. */
  readonly byteLength: number | undefined
  readonly modifiedMs: number | undefined
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
    inputs.push({ ...spec, files: paths.map(toInputFile) })
  }
  return inputs
}

/**
 * The chunks of all inputs, one input after the other, with the rows that are taken of each. A function of the files and the settings alone:
 * it can be gone through again.
 */
export async function* planChunks(inputs: readonly Input[], settings: Settings): AsyncGenerator<ChunkTask> {
  for (const [i, input] of inputs.entries()) {
    const total = input.samples === undefined ? 0 : await countRowsOf(input, settings)
    const { passes, choose } = chooseRows(input, total, settings.seed + i)
    for (let pass = 0; pass < passes; pass++) yield* planPass(input, settings, choose(pass))
  }
}

async function* planPass(
  input: Input,
  settings: Settings,
  choice: Choice | undefined,
): AsyncGenerator<ChunkTask> {
  for (const { path } of input.files) {
    for await (const chunk of splitFile(path, splitOptions(settings))) {
      const rows = choice?.(chunk.rowCount)
      if (rows === undefined || rows.length > 0) yield { chunk, rows }
    }
  }
}

async function countRowsOf(input: Input, settings: Settings): Promise<number> {
  let count = 0
  for (const { path } of input.files)
    for await (const { rowCount } of splitFile(path, splitOptions(settings))) count += rowCount
  return count
}

function splitOptions({
  fileFormat,
  notice,
}: Settings): Pick<Settings, 'notice'> & { format?: NonNullable<Settings['fileFormat']> } {
  return { ...(fileFormat !== undefined && { format: fileFormat }), ...(notice !== undefined && { notice }) }
}

function toInputFile(path: string): InputFile {
  if (path === '-') return { path, isPlain: false, byteLength: undefined, modifiedMs: undefined }
  const stats = statSync(path)
  return { path, isPlain: stats.isFile(), byteLength: stats.size, modifiedMs: stats.mtimeMs }
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
