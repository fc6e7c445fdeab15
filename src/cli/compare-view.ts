import {
  type CompareTally,
  countRefused,
  KINDS,
  type KindTally,
  listKinds,
  type Tool,
} from '../compare/index.ts'
import {
  makePaint,
  type Paint,
  toShare,
  toThousands,
  toVisible,
  type ViewOptions,
  wrapWords,
} from '../inspect/index.ts'
import type { MaskOptions } from '../mask/index.ts'

interface ToolReport {
  readonly tool: Tool
  readonly options: MaskOptions
  readonly tally: CompareTally
  readonly failed: number
  readonly hasMarks: boolean
  /** The command that shows both masks, where one does. */
  readonly next: string | undefined
}

interface ToolViewOptions extends Pick<ViewOptions, 'width' | 'colors'> {
  /** Whether the caller named the marker; else it was found in the template. */
  readonly isGiven: (name: 'response_template' | 'instruction_template') => boolean
}

/** What a tool trains, for a person: the headline, then each way to differ with its count and three places. */
export function toToolView(report: ToolReport, options: ToolViewOptions): string {
  const paint = makePaint(options.colors)
  const { tool, tally } = report
  return [
    ...wrapWords(toHeadline(report), options.width).map(paint.bold),
    ...wrapWords(`${tool.rule}.`, options.width).map(paint.dim),
    ...toNotes(report, options).flatMap(note => wrapWords(note, options.width)),
    '',
    ...listKinds(tally).flatMap(kind => [...drawKind(kind, options.width, paint), '']),
    ...toEnd(report).flatMap(line => wrapWords(line, options.width)),
    ...(report.next === undefined || tally.answeredRows === 0
      ? []
      : // A command that is wrapped can't be copied.
        ['Both masks, token by token:', report.next]),
  ].join('\n')
}

function toHeadline({ tool, tally, hasMarks }: ToolReport): string {
  const { rows, answers, found, whole, answerTokens, trainedAnswerTokens, otherTokens } = tally
  const refused = countRefused(tally)
  if (rows > 0 && refused === rows) return `${tool.name} stops at every one of these rows.`
  if (answers === 0) return 'There is no answer in these rows.'
  if (tool.withoutMarks !== undefined && !hasMarks)
    return `By this template ${tool.name} trains nothing of ${count(answers, 'answer')}: it has no {% generation %}.`
  const share = toShare(trainedAnswerTokens, answerTokens)
  const wholes = whole === found ? '' : ` (${toThousands(whole)} of them whole)`
  const others =
    otherTokens === 0 ? '' : `, and ${count(otherTokens, 'token')} that the model does not have to write`
  return `${tool.name} trains ${toThousands(found)} of ${count(answers, 'answer')}${wholes}, ${share} of the answer tokens${others}.`
}

function toNotes({ tool, options, tally, hasMarks }: ToolReport, { isGiven }: ToolViewOptions): string[] {
  const markers = [
    ['response_template', options.responseTemplate],
    ['instruction_template', options.instructionTemplate],
  ] as const
  return [
    ...markers.flatMap(([name, marker]) => {
      if (marker === undefined) return []
      const from = isGiven(name)
        ? ''
        : ` (as the template writes it; --${name.replace('_', '-')} names another)`
      return [`${name}: ${JSON.stringify(marker)}${from}`]
    }),
    ...(tool.withoutMarks === undefined || hasMarks ? [] : [`Without marks ${tool.withoutMarks}.`]),
    ...(tool.note === undefined ? [] : [tool.note]),
    ...[...tally.refusals.values()].map(
      ({ rows, text, where }) =>
        `It stops at ${count(rows, 'row')}, which no number here has; first at ${where}: ${toLine(text)}`,
    ),
    ...[...tally.findings].flatMap(([rule, { rows, text, where }]) =>
      rule.startsWith('marker-') || rule === 'prompt-not-prefix'
        ? [`${rule} in ${count(rows, 'row')}, first in ${where}: ${toLine(text)}`]
        : [],
    ),
  ]
}

/** What a finding quotes of a message can't act on a terminal. */
function toLine(text: string): string {
  return text.split(' ').map(toVisible).join(' ')
}

function drawKind(
  { kind, tokens, places, rows, examples }: KindTally,
  width: number,
  paint: Paint,
): string[] {
  const counts = `${count(tokens, 'token')}, ${count(places, 'place')} in ${count(rows, 'row')}`
  const gap = ' '.repeat(Math.max(2, width - kind.length - counts.length))
  return [
    `${paint.warn(kind)}${gap}${counts}`,
    ...wrapWords(KINDS[kind], width - 2).map(line => `  ${line}`),
    ...examples.map(({ where, difference }) => {
      const message = difference.message === -1 ? '' : `, message ${difference.message}`
      const head = `    ${toPlace(where)}${message}: `
      return `${paint.dim(head)}⟦${cut(toVisible(difference.text), Math.max(20, width - head.length - 2))}⟧`
    }),
    ...(places > examples.length
      ? [paint.dim(`    and ${count(places - examples.length, 'more place')}`)]
      : []),
  ]
}

/** All rows are of one file: its folder would leave no room for what stands there. */
function toPlace(where: string): string {
  return where.replace(/^.*[/\\]/, '')
}

/** Both ends tell the most. */
function cut(text: string, width: number): string {
  if (text.length <= width) return text
  const head = Math.ceil((width - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`
}

function toEnd(report: ToolReport): string[] {
  const { tally, failed } = report
  const { rows, answeredRows, differentRows } = tally
  const refused = countRefused(tally)
  const without = rows - answeredRows - refused
  return [
    `${count(rows - refused, 'row')} compared, ${toThousands(differentRows)} different.`,
    ...(refused > 0 ? [`${count(refused, 'row')} that the tool stops at.`] : []),
    ...(without > 0 ? [`${count(without, 'row')} without an answer.`] : []),
    ...(failed > 0
      ? [`${count(failed, 'row')} that can't be read or rendered; the lines above say why.`]
      : []),
  ]
}

function count(number: number, noun: string): string {
  return `${toThousands(number)} ${noun}${number === 1 ? '' : 's'}`
}
