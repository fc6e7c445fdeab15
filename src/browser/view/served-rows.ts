import { LosslineError } from '../../error.ts'
import { type Line, type RowText, readLines } from './text-lines.ts'

/** The rows that `lossline view` sends: a line each, `"place"⇥row` as JSON, or `"place"⇥⇥"what is wrong"`; without a place the file is. */
export async function* readServedRows(address: URL): AsyncGenerator<readonly RowText[]> {
  const response = await fetch(address).catch((cause: unknown) => {
    throw gone(cause)
  })
  if (!response.ok || response.body === null) throw gone(response.status)
  for await (const lines of readLines(response.body)) yield lines.map(toRowText)
}

function toRowText(line: Line): RowText {
  if (line instanceof LosslineError) throw line
  const tab = line.indexOf('\t')
  const where = JSON.parse(line.slice(0, tab)) as string
  if (line[tab + 1] !== '\t') return { where, json: line.slice(tab + 1) }
  const error = JSON.parse(line.slice(tab + 2)) as string
  if (where === '') throw new LosslineError('page/file', error)
  return { where, error }
}

function gone(cause: unknown): LosslineError {
  return new LosslineError('page/no-server', 'The program that this page came from does not answer.', {
    fix: 'Run lossline view again.',
    cause,
  })
}
