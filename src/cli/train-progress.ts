import type { StepDone, TrainEvent } from '../train/logs/index.ts'
import type { Io } from './io.ts'
import { makeProgressOf, toClock, toShort } from './progress.ts'

/** What shows a training as it goes. */
export interface TrainProgressView {
  readonly update: (event: TrainEvent) => void
  readonly end: () => void
}

interface State {
  readonly step: number
  readonly totalSteps: number
  readonly firstStep: number
  readonly tokens: number
  readonly loss: number
  readonly gradNorm: number
  readonly learningRate: number
}

/**
 * A line of the last step, as `makeProgressOf` shows it; evaluations, checkpoints and the first answer of each evaluation stand as lines of
 * their own. With --json what is logged and evaluated is told as it is.
 */
export function makeTrainProgress(
  io: Io,
  { isJson, showsSteps }: { readonly isJson: boolean; readonly showsSteps: boolean },
): TrainProgressView {
  const view = makeProgressOf<State>(io, isJson, toLine)
  let state: State | undefined
  const tell = (line: string): void => {
    view.end()
    io.tell(line)
  }
  return {
    update: event => {
      if (event.kind === 'start') {
        const { step, totalSteps } = event
        state = { step, totalSteps, firstStep: step, tokens: 0, loss: 0, gradNorm: 0, learningRate: 0 }
      } else if (event.kind === 'step') {
        state = addStep(state!, event)
        if (showsSteps) view.update(state)
      } else if (isJson) {
        if (event.kind !== 'end') tell(JSON.stringify({ event: event.kind, ...event, kind: undefined }))
      } else {
        const line = toEventLine(event)
        if (line !== undefined) tell(`lossline: ${line}`)
      }
    },
    end: view.end,
  }
}

function addStep(state: State, { step, loss, gradNorm, learningRate, tokens }: StepDone): State {
  return { ...state, step, loss, gradNorm, learningRate, tokens: state.tokens + tokens }
}

function toLine(state: State, seconds: number): string {
  const { step, totalSteps, firstStep, tokens, loss, gradNorm, learningRate } = state
  const left = ((totalSteps - step) * seconds) / Math.max(1, step - firstStep)
  return [
    `step ${step.toLocaleString('en-US')} of ${totalSteps.toLocaleString('en-US')}`,
    `loss ${loss.toFixed(4)}`,
    `lr ${learningRate.toExponential(2)}`,
    `grad norm ${gradNorm.toPrecision(3)}`,
    `${toShort(tokens / seconds)} tokens/s`,
    `${toClock(left)} left`,
  ].join(' · ')
}

/** Logs are in the line of the last step. */
function toEventLine(event: TrainEvent): string | undefined {
  if (event.kind === 'evaluation') {
    const { step, epoch, metrics } = event
    const { eval_loss: loss, eval_mean_token_accuracy: accuracy } = metrics
    const said = accuracy === undefined ? '' : `, ${(100 * accuracy).toFixed(1)} % of the tokens right`
    return `step ${step}, epoch ${epoch.toFixed(2)}: evaluation loss ${loss?.toFixed(4)}${said}`
  }
  if (event.kind === 'checkpoint') return `step ${event.step}: saved ${event.folder}`
  if (event.kind !== 'answers') return undefined
  const ended = event.answers.filter(({ stopped }) => stopped === 'stop-token').length
  return `step ${event.step}: ${ended} of ${event.answers.length} answers ended by themselves`
}
