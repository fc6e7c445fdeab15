import {
  makePaint,
  type Paint,
  toHarmless,
  toThousands,
  type ViewOptions,
  wrapWords,
} from '../inspect/index.ts'
import type { LintReport } from '../lint/index.ts'
import type { FixTally, RowDiff } from '../prepare/index.ts'

export interface FixViewOptions extends Pick<ViewOptions, 'width' | 'colors'> {
  readonly input: string
  readonly output: string
}

type ChangeDiff = RowDiff['mends'][number]['changes'][number]

/** What was mended, as differences are written, the first rows of it; empty where nothing was. */
export function toDiffView(
  { rows, diffs }: FixTally,
  { input, output, width, colors }: FixViewOptions,
): string {
  if (diffs.length === 0) return ''
  const paint = makePaint(colors)
  const more = rows - diffs.length
  return [
    paint.bold(toHarmless(`--- ${input}`)),
    paint.bold(toHarmless(`+++ ${output}`)),
    ...diffs.flatMap(diff => drawRow(diff, width, paint)),
    ...(more > 0 ? [paint.dim(`and ${countRows(more)} more, ${toThousands(rows)} in all`)] : []),
    '',
  ].join('\n')
}

function drawRow({ where, mends }: RowDiff, width: number, paint: Paint): string[] {
  return mends.flatMap(({ rules, changes, moreChanges }) => [
    paint.info(toHarmless(`@@ ${where} @@ ${rules.join(', ')}`)),
    ...changes.flatMap(change => drawChange(change, width, paint)),
    ...(moreChanges > 0 ? [paint.dim(`  and ${toThousands(moreChanges)} more changes of this row`)] : []),
  ])
}

function drawChange({ path, before, after }: ChangeDiff, width: number, paint: Paint): string[] {
  return [
    ` ${fit(path, width - 1)}`,
    paint.removed(`-  ${fit(before, width - 3)}`),
    paint.added(`+  ${fit(after, width - 3)}`),
  ]
}

function fit(text: string, width: number): string {
  const line = toHarmless(text.replace(/[^\S ]+/g, ' '))
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}

/** `fixed.jsonl: 12 of 1,000 rows mended (unknown-role 10, none-in-text 2). 1 rule finds errors still: unusable-row in 3 rows.` */
export function toFixSummary(
  { rows, rules, leftOut }: FixTally,
  report: LintReport,
  { output, width }: FixViewOptions,
): string {
  const counts = [...rules]
    .sort(([, a], [, b]) => b - a)
    .map(([rule, count]) => `${rule} ${toThousands(count)}`)
  const remaining = report.groups
    .filter(({ severity }) => severity === 'error')
    .map(group => `${group.rule.name} ${toThousands(group.rows ?? group.findings)}`)
  const mended =
    rows === 0
      ? 'nothing that could be mended was found; the rows are as they were.'
      : `${toThousands(rows)} of ${countRows(report.rows)} mended (${counts.join(', ')}).`
  const sentences = [
    `${output}: ${mended}`,
    ...(remaining.length === 0 ? [] : [`Errors that remain: ${remaining.join(', ')}.`]),
    ...(leftOut === 0
      ? []
      : [`${countRows(leftOut)} could not be read and ${leftOut === 1 ? 'is' : 'are'} left out.`]),
  ]
  return toHarmless(wrapWords(sentences.join(' '), width).join('\n'))
}

function countRows(count: number): string {
  return `${toThousands(count)} ${count === 1 ? 'row' : 'rows'}`
}

/** The same with stable keys. */
export function toFixJson({ rows, rules, diffs, leftOut }: FixTally, output: string): object {
  return {
    output,
    rows,
    rules: Object.fromEntries(rules),
    left_out: leftOut,
    diffs: diffs.map(({ where, mends }) => ({
      where,
      changes: mends.flatMap(({ rules, changes }) => changes.map(change => ({ rules, ...change }))),
    })),
  }
}
