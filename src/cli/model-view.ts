import type { ModelReport, TemplateReport } from '../agreement/index.ts'
import {
  makePaint,
  type Paint,
  padTo,
  toHarmless,
  toThousands,
  toVisible,
  wrapWords,
} from '../inspect/index.ts'
import {
  type CheckViewOptions,
  countFound,
  drawGroups,
  listShown,
  sayCut,
  takeFindings,
} from './check-view.ts'
import { drawFiles } from './model-view-files.ts'
import { drawHistory, drawSwitches, drawTakes } from './model-view-history.ts'
import { drawTools } from './model-view-tools.ts'
import { drawStops, drawTurns } from './model-view-turns.ts'

/** What the parts of the view draw with. */
export interface Drawing {
  readonly width: number
  readonly paint: Paint
}

/** The report of a model, for a person: what it is asked with, what it has to write, what stops it, and who says otherwise. */
export function toModelView(report: ModelReport, options: CheckViewOptions): string {
  const paint = makePaint(options.colors)
  const drawing: Drawing = { width: options.width, paint }
  const groups = listShown(report.lint, options.level)
  const shown = takeFindings(groups, options.maxFindings)
  const hidden = report.lint.groups.length - groups.length
  return [
    ...drawFiles(report, drawing),
    ...report.templates.flatMap(template => drawTemplate(template, report, drawing)),
    ...drawGroups(shown, 0, options),
    ...drawHidden(groups.length - shown.length, hidden, drawing),
    ...wrapWords(`${toHarmless(options.title)}: ${summarise(report)}.`, options.width).map(paint.bold),
    ...wrapWords(sayNext(report, shown[0]?.rule.name), options.width),
  ].join('\n')
}

function drawTemplate(template: TemplateReport, { hasTokenizer }: ModelReport, drawing: Drawing): string[] {
  const { name, file, chars, hasMarks, found } = template
  const facts = `${toThousands(chars)} characters, ${hasMarks ? 'with' : 'without'} {% generation %}`
  const own = toVisible(file.split(/[\\/]/).at(-1)!)
  const title = name === file ? own : `${toVisible(name)}: ${own}`
  const head = drawTitle(`template ${title}`, facts, drawing)
  if (found.unusable !== undefined) {
    const { by, reason } = found.unusable
    const why = by === 'refused' ? `refuses a question and its answer: ${quote(reason)}` : reason
    return [...head, ...drawNote(`${why}. Nothing else could be tried.`, drawing), '']
  }
  return [
    ...head,
    ...(template.needsTools
      ? drawNote('for conversations with tools alone: all that were tried have some', drawing)
      : []),
    ...(template.leavesTools
      ? drawNote('for conversations without tools: tool_use is taken where there are some', drawing)
      : []),
    ...drawTurns(template.turns, { drawing, hasTokenizer }),
    '',
    ...drawStops(template.stops, drawing, hasTokenizer),
    ...drawTakes(found, drawing),
    '',
    ...withBlank(drawSwitches(template.switches, drawing, hasTokenizer)),
    ...drawHistory(template.rewritten, drawing),
    '',
    ...drawTools(template, drawing),
    '',
  ]
}

function withBlank(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [...lines, '']
}

/** A title with a rule behind it and something at its end, where there is room. */
export function drawTitle(title: string, end: string, { width, paint }: Drawing): string[] {
  const gap = width - title.length - end.length - 2
  if (gap < 2) return [...wrapWords(title, width).map(paint.bold), ...wrapWords(end, width).map(paint.dim)]
  return [`${paint.bold(title)} ${paint.dim('─'.repeat(gap))} ${paint.dim(end)}`]
}

/** Columns of the names at the left. */
const MARGIN = 26

/** A name at the left, and words beside it; in narrow windows below it. */
export function drawNamed(name: string, text: string, drawing: Drawing, mark = ' '): string[] {
  const harmless = text.split(' ').map(toVisible).join(' ')
  return drawBeside(name, wrapWords(harmless, roomOf(drawing)), drawing, mark)
}

/** Columns beside the names. */
export function roomOf({ width }: Drawing): number {
  return isNarrow(width) ? width - 4 : width - MARGIN
}

function isNarrow(width: number): boolean {
  return width < MARGIN + 30
}

/** A name at the left, and lines beside it; `mark` in front of the first, `marks` of the others, too. */
export function drawBeside(
  name: string,
  lines: readonly string[],
  { width, paint }: Drawing,
  mark = ' ',
  marks = ' ',
): string[] {
  if (isNarrow(width))
    return [
      ...(name === '' ? [] : [`${mark} ${paint.dim(name)}`]),
      ...lines.map(line => `${marks}   ${line}`),
    ]
  return lines.map(
    (line, l) => `${l === 0 ? mark : marks} ${paint.dim(padTo(l === 0 ? name : '', MARGIN - 2))}${line}`,
  )
}

export function drawNote(text: string, { width }: Drawing, indent = 2): string[] {
  const harmless = text.split(' ').map(toVisible).join(' ')
  return wrapWords(harmless, width - indent).map(line => ' '.repeat(indent) + line)
}

/** Words of a template, on one line and not longer than is good to read. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text)
}

function drawHidden(more: number, hidden: number, { width, paint }: Drawing): string[] {
  const lines = [
    ...sayCut(more),
    ...(hidden > 0
      ? [
          `${hidden} more ${hidden === 1 ? 'rule has' : 'rules have'} findings of a lower level (--level info).`,
        ]
      : []),
  ]
  return lines.length === 0 ? [] : [...lines.flatMap(line => wrapWords(line, width)).map(paint.dim), '']
}

function summarise({ templates, lint }: ModelReport): string {
  const count = templates.length === 1 ? '1 chat template' : `${templates.length} chat templates`
  return templates.length === 0
    ? `no chat template, so chats can’t be rendered; ${countFound(lint.groups)}`
    : `${count}, ${countFound(lint.groups)}`
}

function sayNext({ hasTokenizer, templates }: ModelReport, rule: string | undefined): string {
  if (templates.length === 0)
    return 'Without a chat template nothing is said of answers, and conversations are refused by show, prepare and train; --chat-template FILE gives one.'
  if (!hasTokenizer)
    return 'Without a tokenizer nothing is said of ids and of what stops generation; --tokenizer FOLDER gives one.'
  if (rule !== undefined) return `lossline explain ${rule} tells more.`
  return 'lossline check FILE --model … looks at rows.'
}
