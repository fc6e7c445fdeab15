import { LosslineError } from '../error.ts'
import { emptyTally, prepareStream, type Tally } from '../prepare/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { toRowsOptions } from './rows-options.ts'

/**
 * `lossline worker`: Arrow streams of rows on standard input, an Arrow stream of prepared rows on standard output, a batch for each batch. Rows
 * that can't be used are rows that say so, and no reason to fail; what else there is to know is told at the end.
 */
export async function runWorker({ values }: CommandInput, io: Io): Promise<ExitCode> {
  const { stdin } = process
  if (stdin.isTTY) {
    const fix = 'Pipe one in: lossline worker < rows.arrow.'
    throw new LosslineError('cli/missing', 'has to be an Arrow stream of rows', { where: 'stdin', fix })
  }
  const file = values.input_format?.file ?? 'arrow'
  if (file !== 'arrow') {
    const what = `names ${file}, and what comes through the pipe is Arrow`
    throw new LosslineError('cli/option', what, { where: '--input-format', fix: 'Name a row format alone.' })
  }
  const options = await toRowsOptions(values, io)
  const tally = emptyTally()
  for await (const bytes of prepareStream(stdin, options, tally)) await io.write(bytes)
  tellCounts(tally, io)
  return 0
}

function tellCounts({ rows, keptRows, keptTokens, rejected, findings }: Tally, io: Io): void {
  const [came, went, tokens, bad] = [rows, keptRows, keptTokens, rejected].map(count =>
    count.toLocaleString('en-US'),
  )
  io.tell(
    `lossline: ${came} rows came, ${went} prepared rows of ${tokens} tokens went; ${bad} rows can't be used.`,
  )
  for (const [rule, { count, severity, where, text }] of findings) {
    if (severity !== 'info')
      io.tell(`lossline: ${rule}, ${count.toLocaleString('en-US')} times; first ${where}: ${text}`)
  }
}
