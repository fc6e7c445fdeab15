import { Summariser, toExampleParts, toSummaryView, toTokenView, type ViewOptions } from '../inspect/index.ts'
import { defaultStrategy, type Masked, type MaskOptions, maskExample } from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { toMaskOptions } from './mask-options.ts'
import { openModelOf } from './model.ts'
import type { RowRange } from './option-values.ts'
import type { Values } from './options.ts'
import { forEachRow, type Row } from './rows.ts'
import { checkTemplate, FIRST_ROWS, nameExample, tellRest } from './shown-rows.ts'

/** `lossline show`: the tokens of each row, and a summary; with --json a line for each example. */
export async function runShow({ file, values }: CommandInput, io: Io): Promise<ExitCode> {
  const { isPrepared, runShowPrepared } = await import('./show-prepared.ts')
  if (await isPrepared(file)) return runShowPrepared(file, values, io)
  const options = toMaskOptions(values)
  if (values.html !== undefined)
    return (await import('./show-html.ts')).runShowHtml(file, values, values.html, io)
  if (values.compare !== undefined)
    return (await import('./show-compare.ts')).runCompare({ file, values }, options, io)
  const model = await openModelOf(values, io)
  const output = values.json === true ? jsonLines(io) : views(model, options, io)
  const unrolled = { rows: 0, examples: 0 }
  const counts = await forEachRow(file, values, io, {
    each: async row => {
      const examples = maskExample(checkTemplate(row, model).example, model, options)
      if (examples.length > 1) {
        unrolled.rows++
        unrolled.examples += examples.length
      }
      await output.write(row, examples)
    },
    ...(output.defaultRows !== undefined && { defaultRows: output.defaultRows }),
  })
  await output.end()
  if (unrolled.rows > 0) tellUnrolled(unrolled, values, io)
  tellRest(counts, values, io)
  return counts.failed === 0 ? 0 : 1
}

/** What becomes of the masked rows. */
interface ShowOutput {
  /** Rows taken when none are asked for; undefined: all. */
  readonly defaultRows?: RowRange
  readonly write: (row: Row, examples: readonly Masked[]) => Promise<void>
  readonly end: () => Promise<void>
}

function jsonLines(io: Io): ShowOutput {
  return {
    write: async ({ row, findings }, examples) => {
      for (const masked of examples) await writeParts(toExampleParts(masked, row, findings), io)
    },
    end: async () => {},
  }
}

/** Short lines at once, long ones piece by piece. */
async function writeParts(parts: Iterable<string>, io: Io): Promise<void> {
  let waiting = ''
  for (const part of parts) {
    waiting += part
    if (waiting.length < PART_LENGTH) continue
    await io.write(waiting)
    waiting = ''
  }
  await io.write(waiting)
}

const PART_LENGTH = 2 ** 20

function views(model: Model, options: MaskOptions, io: Io): ShowOutput {
  const view: ViewOptions = { width: io.width, colors: io.colors, names: model.tokenizer }
  const summariser = new Summariser()
  return {
    defaultRows: FIRST_ROWS,
    write: async (row, examples) => {
      for (const finding of row.findings) summariser.addFinding({ where: `row ${row.row}`, finding })
      for (const masked of examples) {
        await io.write(`${toTokenView(masked, toTitle(row, masked, options), view)}\n\n`)
        summariser.add(masked, nameExample(row.row, masked))
      }
    },
    end: async () => {
      const { summary } = summariser
      if (summary.examples > 0) await io.write(`${toSummaryView(summary, view)}\n`)
    },
  }
}

function tellUnrolled(unrolled: { rows: number; examples: number }, { unroll }: Values, io: Io): void {
  const rows = `${unrolled.rows} ${unrolled.rows === 1 ? 'conversation is' : 'conversations are'}`
  const why =
    unroll === 'always' ? '' : ': the template writes earlier turns differently once later ones exist'
  io.tell(
    `lossline: ${rows} unrolled into ${unrolled.examples} examples${why} (--unroll never keeps them whole).`,
  )
}

function toTitle(row: Row, masked: Masked, options: MaskOptions): string {
  return `${nameExample(row.row, masked)}  ${row.where}  ${options.strategy ?? defaultStrategy(row.example)}`
}
