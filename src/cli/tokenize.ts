import { LosslineError } from '../error.ts'
import { toVisible } from '../inspect/index.ts'
import type { Encoded, Tokenizer } from '../tokenizer/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { openTokenizerOf } from './model.ts'
import { forEachRow, type Row } from './rows.ts'

/** `lossline tokenize`: ids and offsets of each row of text. */
export async function runTokenize({ file, values }: CommandInput, io: Io): Promise<ExitCode> {
  const tokenizer = await openTokenizerOf(values, io)
  const addSpecialTokens = values.no_special_tokens !== true
  const { failed } = await forEachRow(file, { ...values, format: 'text' }, io, {
    each: async row => {
      const encoded = tokenizer.encode(toText(row), { addSpecialTokens })
      await io.write(values.json === true ? toJsonLine(row.row, encoded) : toTable(row, encoded, tokenizer))
    },
  })
  return failed === 0 ? 0 : 1
}

function toText({ example }: Row): string {
  if (example.kind === 'text') return example.text
  throw new LosslineError('cli/no-text', 'has no text', { fix: 'Give rows with a text column.' })
}

function toJsonLine(row: number, { ids, starts, ends }: Encoded): string {
  const offsets = Array.from(starts, (startChar, t) => [startChar, ends[t]!])
  return `${JSON.stringify({ row, input_ids: Array.from(ids), offsets })}\n`
}

/** A line for each token: its id, its range, its characters. */
function toTable({ row, where }: Row, { text, ids, starts, ends }: Encoded, tokenizer: Tokenizer): string {
  const idWidth = String(ids.reduce((most, id) => Math.max(most, id), 0)).length
  const charWidth = String(text.length).length
  const lines = Array.from(ids, (id, t) => {
    const [startChar, endChar] = [starts[t]!, ends[t]!]
    const shown = endChar > startChar ? text.slice(startChar, endChar) : (tokenizer.idToToken(id) ?? '')
    const range = `${String(startChar).padStart(charWidth)} ${String(endChar).padStart(charWidth)}`
    return `  ${String(id).padStart(idWidth)}  ${range}  ${toVisible(shown)}`
  })
  return `row ${row}  ${where}  ${ids.length} tokens\n${lines.map(line => `${line}\n`).join('')}\n`
}
