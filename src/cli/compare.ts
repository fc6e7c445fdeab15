import {
  addCompareTally,
  type CompareTally,
  emptyCompareTally,
  findMarkers,
  type Markers,
  TOOLS,
  type Tool,
  toCompareTallyJson,
} from '../compare/index.ts'
import type { Example, FormatName } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import { wrapWords } from '../inspect/index.ts'
import type { MaskOptions } from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import { compareRows, type RowFailure } from '../prepare/index.ts'
import type { CommandInput } from './command.ts'
import { toNextCommand } from './compare-next.ts'
import { toToolView } from './compare-view.ts'
import type { ExitCode, Io } from './io.ts'
import { openModelOf } from './model.ts'
import { type OptionName, toFlag, type Values } from './options.ts'
import { makeProgress } from './progress.ts'
import { toErrorLine } from './report-error.ts'
import { countErrors, makeFormatNotice, noSuchRow, toParseOptions, toRange } from './rows.ts'
import { toRowsOptions } from './rows-options.ts'

/** `lossline compare FILE --with TOOL`: what another tool's rule trains on in these rows, against what a model has to write. */
export async function runCompareTool(input: CommandInput, io: Io): Promise<ExitCode> {
  const { file, values } = input
  const tool = toTool(values)
  const model = await openModelOf(values, io)
  const options = toMarkerOptions(tool, model, values)
  const { tally, failed, kinds, formats } = await compareFile(file, { tool, options, values }, io)
  const next = toNextCommand(input, { tool, options, kinds, formats })
  const report = { tool, options, tally, failed, next, hasMarks: hasMarks(model) }
  if (values.json === true) {
    const { name, strategy } = tool
    const markers = {
      ...(options.responseTemplate !== undefined && { response_template: options.responseTemplate }),
      ...(options.instructionTemplate !== undefined && { instruction_template: options.instructionTemplate }),
    }
    const counts = { ...toCompareTallyJson(tally), failed_rows: failed }
    await io.write(`${JSON.stringify({ tool: name, strategy, ...markers, ...counts })}\n`)
  } else await io.write(`${toToolView(report, { width: io.width, colors: io.colors, isGiven })}\n`)
  return failed === 0 ? 0 : 1

  function isGiven(name: MarkerOption): boolean {
    return values[name] !== undefined
  }
}

interface Compared {
  readonly tally: CompareTally
  /** Rows that can't be compared. */
  readonly failed: number
  readonly kinds: ReadonlySet<Example['kind']>
  readonly formats: ReadonlySet<FormatName>
}

/** Compares all rows that are asked for, in worker threads; what is kept is bounded, however many rows there are. */
async function compareFile(
  file: string,
  { tool, options, values }: { readonly tool: Tool; readonly options: MaskOptions; readonly values: Values },
  io: Io,
): Promise<Compared> {
  const rows = toParseOptions(values)
  const tally = emptyCompareTally()
  const errors = countErrors(io)
  const tellFormat = makeFormatNotice(file, values, io)
  const progress = makeProgress(io, false)
  // The markers are the tool's, and no mask's here.
  const { response_template: _, instruction_template: __, ...others } = values
  const { mask: ___, ...rowsOptions } = await toRowsOptions(others, io)
  const kinds = new Set<Example['kind']>()
  const formats = new Set<FormatName>()
  let failed = 0
  let seen = 0
  const comparison = compareRows({
    ...rowsOptions,
    rows,
    tool: tool.name,
    markers: options,
    input: { path: file },
    ...(values.input_format?.file !== undefined && { fileFormat: values.input_format.file }),
    range: toRange(values) ?? { startRow: 0, endRow: undefined },
    notice: text => io.tell(`lossline: ${text}`),
    onProgress: progress.update,
    ...(values.workers !== undefined && { workers: values.workers }),
  })
  try {
    for await (const result of comparison) {
      progress.end()
      seen = result.seen
      failed += result.chunk.failures.length
      addCompareTally(tally, result.chunk.tally)
      for (const [format, row] of result.chunk.formats) {
        formats.add(format)
        tellFormat({ format, row })
      }
      for (const kind of result.chunk.kinds) kinds.add(kind)
      for (const failure of result.chunk.failures) tellFailure(failure)
    }
  } finally {
    progress.end()
  }
  errors.end()
  if (tally.rows + failed === 0) throw noSuchRow(values, file, seen)
  return { tally, failed, kinds, formats }

  function tellFailure({ code, what, where, fix }: RowFailure): void {
    const place = { ...(where !== undefined && { where }), ...(fix !== undefined && { fix }) }
    const error = new LosslineError(code, what, place)
    errors.tell(error, toErrorLine(error))
  }
}

export type MarkerOption = 'response_template' | 'instruction_template'

function hasMarks({ templates }: Model): boolean {
  return templates.some(template => template.usesGenerationMarks)
}

/** @throws LosslineError `cli/missing` without --with */
function toTool(values: Values): Tool {
  if (values.with !== undefined) return TOOLS[values.with]
  const names = Object.keys(TOOLS)
  const fix = `Name a tool: ${names.slice(0, -1).join(', ')} or ${names.at(-1)}.`
  throw new LosslineError('cli/missing', 'is needed', { where: '--with', fix })
}

/** What the tool searches for: what was given, else what the template writes in front of answers and questions. */
function toMarkerOptions(tool: Tool, model: Model, values: Values): MaskOptions {
  const { response_template, instruction_template } = values
  if (tool.markers.length === 0) {
    refuseMarkers(tool, values)
    return {}
  }
  const needsInstruction = tool.markers.includes('instruction')
  const isGiven = response_template !== undefined && (instruction_template !== undefined || !needsInstruction)
  const found = isGiven ? undefined : findMarkers(model)
  const response = response_template ?? found?.response
  const instruction = instruction_template ?? (needsInstruction ? found?.instruction : undefined)
  if (response === undefined) throw noMarker('response_template', 'an answer', found)
  if (instruction === undefined && needsInstruction)
    throw noMarker('instruction_template', 'a question', found)
  return {
    responseTemplate: response,
    ...(instruction !== undefined && { instructionTemplate: instruction }),
  }
}

/** A template that renders nothing is what is wrong, and not the marker that it doesn't show. */
function noMarker(option: OptionName, of: string, found: Markers | undefined): LosslineError {
  if (found?.refusal !== undefined) return found.refusal
  const what = `is needed: the template doesn't show what stands in front of ${of}`
  return new LosslineError('cli/missing', what, { where: toFlag(option), fix: 'Give it as text.' })
}

function refuseMarkers(tool: Tool, values: Values): void {
  for (const option of ['response_template', 'instruction_template'] as const) {
    if (values[option] === undefined) continue
    const readers = Object.values(TOOLS).flatMap(({ name, markers }) => (markers.length > 0 ? [name] : []))
    const what = `has no effect on --with ${tool.name}`
    throw new LosslineError('cli/option', what, {
      where: toFlag(option),
      fix: `It goes with --with ${readers.join(' or ')}.`,
    })
  }
}

/** Every tool with its rule, for the help. */
export function listTools(): string {
  const width = Math.max(...Object.keys(TOOLS).map(name => name.length))
  const lines = Object.values(TOOLS).map(({ name, rule }) => {
    const [first, ...more] = wrapWords(rule, HELP_WIDTH - width - 4)
    return [`  ${name.padEnd(width)}  ${first}`, ...more.map(line => ' '.repeat(width + 4) + line)].join('\n')
  })
  return ['Tools for --with:', ...lines].join('\n')
}

const HELP_WIDTH = 80
