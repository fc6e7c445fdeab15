import { TEMPLATE_ROLES } from '../conversation/index.ts'
import { LosslineError, quote } from '../error.ts'
import { Summariser, toExampleParts, toSummaryView, toTokenView, type ViewOptions } from '../inspect/index.ts'
import {
  defaultStrategy,
  type Masked,
  type MaskOptions,
  maskExample,
  STRATEGIES,
  type StrategyName,
} from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { openModelOf } from './model.ts'
import { findNearest } from './nearest.ts'
import type { RowRange } from './option-values.ts'
import type { Values } from './options.ts'
import { forEachRow, type Row } from './rows.ts'
import { checkTemplate, FIRST_ROWS, nameExample, tellRest } from './shown-rows.ts'
import { toStrategy } from './strategies.ts'

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

/** @throws LosslineError `cli/option`, for an option too that no strategy in use reads */
export function toMaskOptions(values: Values): MaskOptions {
  checkRoles(values)
  const { strategy, ...options } = {
    ...(values.mask !== undefined && { strategy: toStrategy(values.mask, '--mask') }),
    ...(values.roles !== undefined && { roles: values.roles }),
    ...(values.turns !== undefined && { turns: values.turns }),
    ...(values.train_on_eot !== undefined && { trainOnEot: values.train_on_eot }),
    ...(values.mask_sources !== undefined && { mask: values.mask_sources }),
    ...(values.unroll !== undefined && { unroll: values.unroll }),
    ...(values.response_template !== undefined && { responseTemplate: values.response_template }),
    ...(values.instruction_template !== undefined && { instructionTemplate: values.instruction_template }),
  }
  const compared = values.compare?.map(name => toStrategy(name, '--compare'))
  checkAreRead(options, compared ?? (strategy === undefined ? DEFAULT_STRATEGIES : [strategy]))
  return strategy === undefined ? options : { ...options, strategy }
}

/** What rows of the three kinds get when no strategy is named. */
const DEFAULT_STRATEGIES: readonly StrategyName[] = ['assistant', 'completion', 'all']

const FLAGS: Readonly<Record<Exclude<keyof MaskOptions, 'strategy'>, string>> = {
  roles: '--roles',
  turns: '--turns',
  trainOnEot: '--train-on-eot',
  mask: '--mask-sources',
  unroll: '--unroll',
  responseTemplate: '--response-template',
  instructionTemplate: '--instruction-template',
}

function checkAreRead(options: Omit<MaskOptions, 'strategy'>, names: readonly StrategyName[]): void {
  const strategies = Object.values(STRATEGIES)
  for (const option of Object.keys(options) as (keyof typeof FLAGS)[]) {
    if (names.some(name => STRATEGIES[name].reads.includes(option))) continue
    const readers = strategies.filter(({ reads }) => reads.includes(option)).map(({ name }) => name)
    const what = `has no effect on --mask ${names.join(', ')}`
    const fix = `It goes with --mask ${readers.join(' or ')}.`
    throw new LosslineError('cli/option', what, { where: FLAGS[option], fix })
  }
}

function checkRoles({ roles, role_map }: Values): void {
  const known = [...new Set([...Object.keys(TEMPLATE_ROLES), ...Object.values(role_map ?? {})])]
  const unknown = roles?.find(role => !known.includes(role))
  if (unknown === undefined) return
  const what = `names ${quote(unknown)}; expected ${known.slice(0, -1).join(', ')} or ${known.at(-1)}`
  const nearest = findNearest(unknown, known)
  const fix = nearest === undefined ? {} : { fix: `Did you mean ${nearest}?` }
  throw new LosslineError('cli/option', what, { where: '--roles', ...fix })
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
