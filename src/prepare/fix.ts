import { realpathSync, statSync } from 'node:fs'
import { compressionOf, pack, writeFileWhole } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { addRuleTallies, addStates, emptyLintTally, type LintTally } from '../lint/index.ts'
import type { CheckOptions } from './check.ts'
import type { FixedChunk } from './fix-chunk.ts'
import { addFixTally, emptyFixTally, type FixTally } from './fix-tally.ts'
import { mapInOrder } from './in-order.ts'
import { findInputs, type Input, planChunks } from './plan.ts'
import { ReadMeter } from './read-meter.ts'
import { toSettings } from './settings.ts'
import { WorkerPool } from './worker-pool.ts'

export interface FixOptions extends CheckOptions {
  /** The file to write. It has the form of the input: JSON lines or a JSON list; of CSV, Arrow and Parquet, JSON lines. */
  readonly output: string
  /** A file that is there is written anew, but never an input. */
  readonly overwrite: boolean
}

export interface FixedRows {
  /** What the rules find in the rows as they are now. */
  readonly lint: LintTally
  readonly fixes: FixTally
}

/**
 * Writes the rows of a file anew with all mended that can be mended without guessing, in worker threads, and puts them to the linter's rules as
 * they are then. Rows of JSON in which nothing is mended keep their bytes. What is kept in memory is bounded.
 *
 * @throws LosslineError `fix/…` for a file that can't be written so, and those of `checkRows`
 */
export async function fixRows(options: FixOptions): Promise<FixedRows> {
  const settings = toSettings(options)
  checkName(options.output)
  const inputs = await findInputs(options.inputs, settings)
  checkOutput(options, inputs)
  const meter = new ReadMeter(inputs)
  const pool = new WorkerPool(settings, { inputs })
  const { levels, facts, output } = options
  const lint = emptyLintTally()
  const fixes = emptyFixTally()
  const add = (chunk: FixedChunk): void => {
    addRuleTallies(lint, chunk.lint)
    addStates(lint, chunk.lint)
    addFixTally(fixes, chunk.fixes)
    options.onProgress?.({
      rows: lint.rows,
      rejected: 0,
      tokens: 0,
      bytesRead: Math.round(meter.bytesRead),
      bytesTotal: meter.bytesTotal,
      shards: 0,
    })
  }
  try {
    const kinds: Form[] = []
    const tasks = noting(planChunks(inputs, settings, { meter }), options, kinds)
    const chunks = mapInOrder(tasks, 4 * pool.size, task => pool.fixChunk({ ...task, levels, facts }))
    await writeFileWhole(output, pack(toBytes(chunks, add, kinds), compressionOf(output)))
  } finally {
    await pool.close()
  }
  return { lint, fixes }
}

type Form = 'lines' | 'list' | 'document'

/** Sees to it that the file to write has the ending of what is written. */
async function* noting<Task extends { readonly chunk: { readonly kind: string; readonly name: string } }>(
  tasks: AsyncIterable<Task>,
  { output, notice }: FixOptions,
  forms: Form[],
): AsyncGenerator<Task> {
  for await (const task of tasks) {
    const { kind, name } = task.chunk
    const form = kind === 'items' ? 'list' : kind === 'document' ? 'document' : 'lines'
    if (forms.length === 0) {
      checkForm(form, name, output)
      if (kind === 'csv' || kind === 'arrow')
        notice?.(`${output} is written as JSON lines: ${name} is no JSON.`)
    }
    forms[0] = form
    yield task
  }
}

async function* toBytes(
  chunks: AsyncIterable<FixedChunk>,
  add: (chunk: FixedChunk) => void,
  forms: readonly Form[],
): AsyncGenerator<Uint8Array> {
  let isSpread: boolean | undefined
  for await (const chunk of chunks) {
    add(chunk)
    const bytes = new Uint8Array(chunk.bytes)
    isSpread ??= /^\s*\[[^\S\n]*\n/.test(Buffer.from(chunk.bytes, 0, Math.min(256, bytes.length)).toString())
    yield bytes
  }
  // The chunks of a list end with its last item.
  if (forms[0] === 'list') yield Buffer.from(isSpread === true ? '\n]\n' : ']\n')
}

/** @throws LosslineError `fix/format` for a name that promises what isn't written */
function checkName(output: string): void {
  const ending = /\.(parquet|arrow|feather|csv|tsv)(?:\.(?:gz|zst))?$/i.exec(output)?.[1]
  if (ending === undefined && output !== '-') return
  const what = output === '-' ? 'is standard output, where the diff goes' : `names a file of ${ending}`
  const fix = 'Name a file of JSON lines, .jsonl, .jsonl.gz or .jsonl.zst.'
  throw new LosslineError('fix/format', `${what}; expected JSON`, { where: output, fix })
}

function checkForm(form: Form, name: string, output: string): void {
  const isLines = /\.(jsonl|ndjson)(?:\.(?:gz|zst))?$/i.test(output)
  const isJson = /\.json(?:\.(?:gz|zst))?$/i.test(output)
  if (form === 'lines' ? !isJson : !isLines) return
  const what =
    form === 'lines'
      ? `would hold JSON lines, from ${name}; expected a name for those`
      : `would hold JSON that is no lines, as ${name} does; expected a name for that`
  const fix = `Name it ${form === 'lines' ? output.replace(/\.json/i, '.jsonl') : output.replace(/(?:\.json)?\.(?:jsonl|ndjson)/i, '.json')}.`
  throw new LosslineError('fix/format', what, { where: output, fix })
}

/** @throws LosslineError `fix/inputs`, `fix/in-place`, `fix/output-exists` */
function checkOutput({ output, overwrite }: FixOptions, inputs: readonly Input[]): void {
  const files = inputs.flatMap(input => input.files)
  if (files.length > 1) {
    const what = `stands for ${files.length} files`
    throw new LosslineError('fix/inputs', what, { where: inputs[0]!.path, fix: 'Mend one file at a time.' })
  }
  const found = statSync(output, { throwIfNoEntry: false })
  if (found === undefined) return
  const isInput = files.some(({ parts }) => parts.some(({ path }) => isSame(path, output)))
  if (isInput) {
    const fix = 'Name another file; the old one stays as it is.'
    throw new LosslineError('fix/in-place', 'is the file that is read', { where: output, fix })
  }
  if (!found.isFile()) {
    const what = found.isDirectory() ? 'is a folder; expected a file to write' : 'is no file'
    throw new LosslineError('fix/output-exists', what, { where: output, fix: 'Name a file.' })
  }
  if (overwrite) return
  const fix = 'Write it anew with {overwrite}, or name another file.'
  throw new LosslineError('fix/output-exists', 'is there already', { where: output, fix })
}

function isSame(a: string, b: string): boolean {
  const [ofA, ofB] = [statSync(a, { throwIfNoEntry: false }), statSync(b, { throwIfNoEntry: false })]
  if (ofA === undefined || ofB === undefined) return false
  return (ofA.dev === ofB.dev && ofA.ino === ofB.ino && ofA.ino !== 0) || realpathSync(a) === realpathSync(b)
}
