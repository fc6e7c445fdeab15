import type { FineTuned } from '../train/fine-tune/index.ts'
import type { Metrics } from '../train/logs/index.ts'

const ANSWER_CHARS = 60

/** What a training came to, for a person; the last line says what to do next. */
export function toTrainSummary(trained: FineTuned, model: string): string {
  const { output, isAdapter, answers, bestCheckpoint } = trained
  const lines: (readonly [string, string])[] = [
    ['steps', toSteps(trained)],
    ['loss', toLosses(trained.logHistory)],
    ...toEvaluations(trained.logHistory),
    ...answers.map(
      ({ prompt, answer, stopped }, a) =>
        [
          a === 0 ? 'answers' : '',
          `${cut(prompt)} → ${cut(answer)} ${stopped === 'limit' ? '… (did not end)' : '■'}`,
        ] as const,
    ),
    ...(bestCheckpoint === undefined ? [] : [['best', bestCheckpoint] as const]),
    ['written', `${isAdapter ? 'the adapter' : 'the model'}, report.html and metrics.jsonl in ${output}`],
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  const body = lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`)
  const which = isAdapter ? `--model ${model} --adapter ${output}` : `--model ${output}`
  const prompt = answers[0] === undefined ? 'TEXT' : quoteForShell(answers[0].prompt)
  return [...body, ...toHint(trained), '', `Talk to it: lossline generate ${which} --prompt ${prompt}`].join(
    '\n',
  )
}

/** Where no answer ended, the first thing to look at. */
function toHint({ answers, isAdapter }: FineTuned): string[] {
  if (answers.length === 0 || answers.some(({ stopped }) => stopped === 'stop-token')) return []
  const advice = isAdapter
    ? 'A stop token that the base never wrote is hard to learn for an adapter: --lora-modules-to-save lm_head trains its weights too.'
    : 'More steps may do it; report.html has the loss by what the tokens are.'
  return ['', `No answer ended by itself. lossline show tells whether the ends are trained. ${advice}`]
}

function toSteps({ globalStep, reason, metrics }: FineTuned): string {
  const seconds = metrics['train_runtime'] ?? 0
  const early = reason === 'early-stopping' ? ', ended early: no better evaluation' : ''
  return `${globalStep.toLocaleString('en-US')} in ${toDuration(seconds)}${early}`
}

function toLosses(history: readonly Metrics[]): string {
  const losses = history.flatMap(({ loss }) => loss ?? [])
  if (losses.length === 0) return 'not logged: --logging-steps is more than the steps'
  return losses.length === 1
    ? losses[0]!.toFixed(4)
    : `${losses[0]!.toFixed(4)} at first, ${losses.at(-1)!.toFixed(4)} at the end`
}

function toEvaluations(history: readonly Metrics[]): (readonly [string, string])[] {
  const losses = history.flatMap(({ eval_loss: loss }) => loss ?? [])
  if (losses.length === 0) return []
  const best = Math.min(...losses)
  return [['evaluation', `loss ${losses.at(-1)!.toFixed(4)}, at its best ${best.toFixed(4)}`]]
}

function toDuration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`
  return seconds < 6000 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > ANSWER_CHARS ? `${line.slice(0, ANSWER_CHARS - 1)}…` : line
}

function quoteForShell(text: string): string {
  return `'${cut(text).replaceAll("'", "'\\''")}'`
}
