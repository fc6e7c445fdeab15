import { wrapText } from '../inspect/index.ts'
import type { FineTuned } from '../train/fine-tune/index.ts'
import type { Metrics } from '../train/logs/index.ts'

const PROMPT_CHARS = 60
/** Of the longest name, evaluation, and the space behind it. */
const NAME_COLUMNS = 12

/**
 * What a training came to, for a person; the last line says what to do next.
 *
 * @param width columns of the terminal
 */
export function toTrainSummary(
  trained: FineTuned,
  { model, width, isInWandb }: { model: string; width: number; isInWandb: boolean },
): string {
  const { output, isAdapter, answers, bestCheckpoint } = trained
  const lines: (readonly [string, string])[] = [
    ['steps', toSteps(trained)],
    ['loss', toLosses(trained)],
    ...toEvaluations(trained.logHistory),
    ...answers.map(
      (answer, a) => [a === 0 ? 'answers' : '', toAnswer(answer, width - NAME_COLUMNS)] as const,
    ),
    ...(bestCheckpoint === undefined ? [] : [['best', bestCheckpoint] as const]),
    ['written', `${isAdapter ? 'the adapter' : 'the model'}, report.html and metrics.jsonl in ${output}`],
    ...(isInWandb ? [['', `an offline run: wandb sync ${output}/wandb/offline-run-*`] as const] : []),
  ]
  const longest = Math.max(...lines.map(([name]) => name.length))
  const body = lines.map(([name, text]) => `${name.padEnd(longest)}  ${text}`)
  const which = isAdapter ? `--model ${model} --adapter ${output}` : `--model ${output}`
  const short = answers.find(({ prompt }) => prompt === cut(prompt, PROMPT_CHARS))
  const prompt = short === undefined ? 'TEXT' : quoteForShell(short.prompt)
  return [
    ...body,
    ...toHint(trained, width),
    '',
    `Talk to it: lossline generate ${which} --prompt ${prompt}`,
  ].join('\n')
}

/** Both in a line; the prompt gives way where they don't fit. */
function toAnswer({ prompt, answer, stopped }: FineTuned['answers'][number], columns: number): string {
  const end = stopped === 'limit' ? '… (did not end)' : '■'
  const room = Math.max(40, columns - end.length - ' →  '.length)
  const asked = cut(prompt, PROMPT_CHARS)
  const said = cut(answer, Math.max(Math.floor(room / 2), room - asked.length))
  return `${cut(prompt, Math.min(PROMPT_CHARS, room - said.length))} → ${said} ${end}`
}

/** Where no answer ended, the first thing to look at. */
function toHint({ answers, isAdapter, logHistory }: FineTuned, width: number): string[] {
  if (answers.length === 0 || answers.some(({ stopped }) => stopped === 'stop-token')) return []
  const advice = isAdapter
    ? 'A stop token that the base never wrote is hard to learn for an adapter: --lora-modules-to-save lm_head trains its weights too.'
    : `More steps may do it; ${logHistory.some(({ eval_loss: loss }) => loss !== undefined) ? 'report.html has' : 'with --eval-dataset report.html has'} the loss by what the tokens are.`
  const hint = `No answer ended by itself. lossline show tells whether the ends are trained. ${advice}`
  return ['', wrapText(hint, width)]
}

function toSteps({ globalStep, reason, metrics }: FineTuned): string {
  const seconds = metrics['train_runtime'] ?? 0
  const early = reason === 'early-stopping' ? ', ended early: no better evaluation' : ''
  return `${globalStep.toLocaleString('en-US')} in ${toDuration(seconds)}${early}`
}

function toLosses({ logHistory, metrics }: FineTuned): string {
  const losses = logHistory.flatMap(({ loss }) => loss ?? [])
  if (losses.length === 0)
    return `${(metrics['train_loss'] ?? 0).toFixed(4)} on average (there were fewer steps than --logging-steps, so none was logged)`
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

function cut(text: string, chars: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > chars ? `${line.slice(0, chars - 1)}…` : line
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
