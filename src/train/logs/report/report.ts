import { escapeHtml, STYLE, toPercent, toRowHtml, toThousands } from '../../../page/index.ts'
import type { Tokenizer } from '../../../tokenizer/index.ts'
import type { Answers, Evaluation, KeptEvent, Log, RunStart } from '../event.ts'
import { toAnswersHtml } from './answers.ts'
import { type Series, toCurve } from './curve.ts'
import { toGroupsTable } from './groups.ts'
import { CURVES_STYLE } from './style.ts'
import { toShortNumber } from './ticks.ts'

/**
 * `report.html` of a training run: its curves, answers, the mask of some rows, its options. One file, no network, no time in it.
 *
 * @param events all that was kept so far, in order
 */
export function toTrainReport(start: RunStart, events: readonly KeptEvent[], tokenizer: Tokenizer): string {
  const answers = events.filter(event => event.kind === 'answers')
  const evaluations = events.filter(event => event.kind === 'evaluation')
  const last = evaluations.findLast(({ groups }) => groups.length > 0)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Trained: ${escapeHtml(start.runName)}</title><style>${STYLE}${CURVES_STYLE}</style></head><body>
<h1>Training run</h1>
<p class="dim">${escapeHtml(start.runName)}</p>
${toCards(start, events)}
<h2>Curves</h2>
<div class="curves">${toCurves(start, events)}</div>
${last === undefined ? '' : toGroupsTable(last)}
${toAnswersHtml(answers)}
${start.rows.length === 0 ? '' : `<h2>Some rows</h2><p class="dim">What is trained is coloured and underlined.</p>${start.rows.map(row => toRowHtml(row, tokenizer)).join('\n')}`}
<h2>Options</h2>
${toOptions(start)}
</body></html>
`
}

function toCards(start: RunStart, events: readonly KeptEvent[]): string {
  const logs = events.filter(event => event.kind === 'log')
  const evalLosses = events.flatMap(event =>
    event.kind === 'evaluation' ? (event.metrics['eval_loss'] ?? []) : [],
  )
  const steps = events.at(-1)?.step ?? start.step
  const loss = logs.findLast(({ metrics }) => metrics['loss'] !== undefined)?.metrics['loss']
  const tokens = logs.findLast(({ metrics }) => metrics['num_tokens'] !== undefined)?.metrics['num_tokens']
  const answers = events.findLast(event => event.kind === 'answers')
  const { trainedParameters, allParameters, totalSteps } = start
  const cards = [
    [
      steps === totalSteps ? toThousands(steps) : `${toThousands(steps)} of ${toThousands(totalSteps)}`,
      'steps',
    ],
    ...(loss === undefined ? [] : [[toShortNumber(loss), 'last loss']]),
    ...(evalLosses.length === 0 ? [] : [[toShortNumber(Math.min(...evalLosses)), 'best evaluation loss']]),
    ...(tokens === undefined ? [] : [[toThousands(tokens), 'tokens seen']]),
    [toThousands(trainedParameters), `parameters trained, ${toPercent(trainedParameters, allParameters)}`],
    ...(answers === undefined ? [] : [[toStopped(answers), 'answers ended by themselves']]),
  ]
  return `<div class="cards">${cards.map(([count, name]) => `<div class="card"><b>${count}</b>${escapeHtml(name!)}</div>`).join('')}</div>`
}

function toStopped({ answers }: Answers): string {
  const stopped = answers.filter(({ stopped }) => stopped === 'stop-token').length
  return `${stopped} of ${answers.length}`
}

/** The curves that the page has, each with the name of its metric; that of an evaluation has `eval_` before it. */
const CURVES = [
  ['Loss', 'loss'],
  ['Token accuracy', 'mean_token_accuracy'],
  ['Learning rate', 'learning_rate'],
  ['Gradient norm', 'grad_norm'],
  ['Entropy', 'entropy'],
] as const

function toCurves({ totalSteps }: RunStart, events: readonly KeptEvent[]): string {
  const logs = events.filter(event => event.kind === 'log')
  const evaluations = events.filter(event => event.kind === 'evaluation')
  const curves = CURVES.map(([title, metric]) =>
    toCurve(
      title,
      [
        { name: 'training', points: toPoints(logs, metric) },
        { name: 'evaluation', points: toPoints(evaluations, `eval_${metric}`), marked: true },
      ],
      totalSteps,
    ),
  )
  const roles = toCurve('Evaluation loss by role', toRoleSeries(evaluations), totalSteps)
  return [curves[0], roles, ...curves.slice(1)].join('')
}

function toPoints(events: readonly (Log | Evaluation)[], metric: string): Series['points'] {
  return events.flatMap(({ step, metrics }) => {
    const value = metrics[metric]
    return value === undefined ? [] : [{ step, value }]
  })
}

function toRoleSeries(evaluations: readonly Evaluation[]): Series[] {
  const roles = new Set(
    evaluations.flatMap(({ groups }) => groups.filter(({ by }) => by === 'role').map(({ name }) => name)),
  )
  return [...roles].map(role => ({
    name: role,
    marked: true,
    points: evaluations.flatMap(({ step, groups }) =>
      groups
        .filter(({ by, name }) => by === 'role' && name === role)
        .map(({ loss }) => ({ step, value: loss })),
    ),
  }))
}

function toOptions({ config }: RunStart): string {
  const rows = Object.entries(config).map(
    ([name, value]) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(typeof value === 'string' ? value : JSON.stringify(value))}</td></tr>`,
  )
  return `<details><summary>${toThousands(rows.length)} options</summary><table class="options">${rows.join('')}</table></details>`
}
