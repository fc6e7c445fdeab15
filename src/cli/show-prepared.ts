import { existsSync, statSync } from 'node:fs'
import { countRows, readTokenRows, sliceRows, type TokenRows } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { Summariser, toExampleJson, toSummaryView, toTokenView, type ViewOptions } from '../inspect/index.ts'
import { type Masked, maskPrepared } from '../mask/index.ts'
import type { Tokenizer } from '../tokenizer/index.ts'
import type { ExitCode, Io } from './io.ts'
import { openTokenizerOf } from './model.ts'
import { resolveTokenizer } from './model-path.ts'
import type { RowRange } from './option-values.ts'
import type { Values } from './options.ts'
import { noSuchRow, toRange } from './rows.ts'
import { FIRST_ROWS } from './shown-rows.ts'

/** Whether a path is a folder that `lossline prepare` or `datasets.save_to_disk` wrote, or a shard of one. Of rows that are chats it is not. */
export async function isPrepared(path: string): Promise<boolean> {
  if (path === '-' || !existsSync(path)) return false
  if (!statSync(path).isDirectory() && !/\.(arrow|parquet)$|[/\\]?data-\d{5,}\.jsonl$/.test(path))
    return false
  try {
    for await (const _ of readTokenRows(path)) return true
    return false
  } catch (error) {
    if (error instanceof LosslineError) return false
    throw error
  }
}

/** `lossline show OUT`: prepared rows, decoded, with their masks. */
export async function runShowPrepared(path: string, values: Values, io: Io): Promise<ExitCode> {
  const tokenizer = await openTokenizerOf(values, io)
  await checkTokenizer(path, values, io)
  const isJson = values.json === true
  const asked = toRange(values)
  const range: RowRange = asked ?? (isJson ? { startRow: 0, endRow: undefined } : FIRST_ROWS)
  const summariser = new Summariser()
  const view: ViewOptions = { width: io.width, colors: io.colors, names: tokenizer }
  let shown = 0
  let seen = 0
  for await (const { row, rows } of listRows(path)) {
    seen = row + 1
    if (row < range.startRow || (range.endRow !== undefined && row >= range.endRow)) continue
    const masked = toMasked(rows, tokenizer)
    shown++
    if (isJson) await io.write(`${JSON.stringify(toPreparedJson(masked, row, rows))}\n`)
    else {
      await io.write(`${toTokenView(masked, `row ${row}  ${path}`, view)}\n\n`)
      summariser.add(masked, `row ${row}`)
    }
  }
  if (shown === 0) throw noSuchRow(values, path, seen)
  if (!isJson) await io.write(`${toSummaryView(summariser.summary, view)}\n`)
  if (asked === undefined && shown < seen)
    io.tell(`lossline: the first ${shown} of ${seen} rows; --row N or --rows A:B shows others, --json all.`)
  return 0
}

async function* listRows(path: string): AsyncGenerator<{ row: number; rows: TokenRows }> {
  let row = 0
  for await (const batch of readTokenRows(path))
    for (let r = 0; r < countRows(batch); r++) yield { row: row++, rows: sliceRows(batch, r, r + 1) }
}

function toMasked({ inputIds, labels, lossWeights, seqLengths }: TokenRows, tokenizer: Tokenizer): Masked {
  return maskPrepared({ inputIds, labels, lossWeights, seqLengths: seqLengths?.values }, tokenizer)
}

/** What was known of messages and sources is not in prepared data: those columns are null. */
function toPreparedJson(masked: Masked, row: number, { seqLengths }: TokenRows): object {
  const { messages: _, sources: __, reasons: ___, ...json } = toExampleJson(masked, row)
  const lengths = seqLengths === undefined ? {} : { seq_lengths: Array.from(seqLengths.values) }
  return { ...json, ...lengths, messages: null, sources: null, reasons: null }
}

async function checkTokenizer(path: string, values: Values, io: Io): Promise<void> {
  const [{ readModelFolder }, { checkPreparedTokenizer }] = await Promise.all([
    import('../hub/index.ts'),
    import('../prepare/index.ts'),
  ])
  checkPreparedTokenizer(path, readModelFolder(await resolveTokenizer(values, io)))
}
