import { LosslineError } from '../error.ts'
import { type Manifest, type Prepared, type PrepareOptions, prepare } from '../prepare/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import type { Values } from './options.ts'
import { parseInput } from './prepare-inputs.ts'
import { toPrepareSummary } from './prepare-summary.ts'
import { makeProgress } from './progress.ts'
import { toRowsOptions } from './rows-options.ts'
import { tuneV8 } from './tune-v8.ts'

/** `lossline prepare`: a folder of prepared rows, and a summary of what became of them; with --json events, the last one the manifest. */
export async function runPrepare({ inputs, values }: CommandInput, io: Io): Promise<ExitCode> {
  tuneV8()
  const options = await toPrepareOptions(inputs, values, io)
  const progress = makeProgress(io, values.json === true)
  const stop = new AbortController()
  // The first Ctrl-C lets what is being written be finished; a second one ends at once.
  const interrupt = (): void => stop.abort()
  process.removeAllListeners('SIGINT')
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    const prepared = await prepare({ ...options, signal: stop.signal, onProgress: progress.update })
    progress.end()
    await tellResult(prepared, options.output, values, io)
    return prepared.manifest.counts.rejected > 0 && values.allow_rejects !== true ? 1 : 0
  } catch (error) {
    progress.end()
    if (!(error instanceof LosslineError) || error.code !== 'prepare/interrupted') throw error
    io.tell(
      `lossline: ${options.output} is not finished; the same command with --resume goes on where it stopped.`,
    )
    return 130
  } finally {
    process.removeListener('SIGTERM', interrupt)
  }
}

async function tellResult(prepared: Prepared, output: string, values: Values, io: Io): Promise<void> {
  const { manifest, kind } = prepared
  if (kind === 'whole') io.tell(`lossline: ${output} is whole already; nothing was done.`)
  if (values.json === true) await io.write(`${JSON.stringify({ event: 'done', output, ...manifest })}\n`)
  else
    await io.write(
      `${toPrepareSummary(manifest, { output, tokenizer: values.tokenizer ?? '…', view: io })}\n`,
    )
  if (manifest.now !== null && values.now === undefined)
    io.tell(
      `lossline: the template writes the time, here ${manifest.now}: --now gives the same rows another day.`,
    )
  tellRejected(manifest, output, values, io)
}

function tellRejected({ counts, rejections }: Manifest, output: string, values: Values, io: Io): void {
  if (counts.rejected === 0) return
  for (const { count, first } of Object.values(rejections)) {
    const more = count === 1 ? '' : ` (and ${(count - 1).toLocaleString('en-US')} more like it)`
    io.tell(`lossline: ${first}${more}`)
  }
  const allowed = values.allow_rejects === true ? '' : '; --allow-rejects makes that no failure'
  io.tell(
    `lossline: ${counts.rejected.toLocaleString('en-US')} of ${counts.rows.toLocaleString('en-US')} rows could not be used: ${output}/rejected.jsonl${allowed}.`,
  )
}

async function toPrepareOptions(inputs: readonly string[], values: Values, io: Io): Promise<PrepareOptions> {
  const { output, resume, overwrite } = values
  if (output === undefined) {
    const fix = 'Name the folder to write: -o ./prepared.'
    throw new LosslineError('cli/missing', 'is needed', { where: '--output', fix })
  }
  if (resume === true && overwrite === true) {
    const fix = 'Give one of them.'
    throw new LosslineError('cli/option', 'and --overwrite exclude each other', { where: '--resume', fix })
  }
  const rows = await toRowsOptions(values, io)
  const notice = makeNotice(io)
  return {
    ...rows,
    inputs: inputs.map(parseInput),
    output,
    notice,
    existing: resume === true ? 'resume' : overwrite === true ? 'overwrite' : 'refuse',
    ...(values.input_format?.file !== undefined && { fileFormat: values.input_format.file }),
    ...(values.packing !== undefined && { packing: values.packing }),
    ...(values.position_ids !== undefined && { positionIds: values.position_ids }),
    ...(values.attention_mask !== undefined && { attentionMask: values.attention_mask }),
    ...(values.shuffle_dataset !== undefined && { shuffleDataset: values.shuffle_dataset }),
    ...(values.seed !== undefined && { seed: values.seed }),
    ...(values.output_format !== undefined && { format: values.output_format }),
    ...(values.shard_size !== undefined && { shardBytes: values.shard_size }),
    ...(values.workers !== undefined && { workers: values.workers }),
    ...(values.allow_findings !== undefined && { allowFindings: values.allow_findings }),
  }
}

/** A notice that comes again, as when a file is read twice, is told once. */
function makeNotice(io: Io): (text: string) => void {
  const told = new Set<string>()
  return text => {
    if (told.has(text)) return
    told.add(text)
    io.tell(`lossline: ${text}`)
  }
}
