import type { KeptEvent, Metrics } from './event.ts'

/**
 * The numbers of an event, flat: its metrics, and each group of an evaluation as `eval_role_assistant_loss`.
 * `epoch` is among them, as in transformers' logs.
 */
export function toScalars(event: KeptEvent): Metrics {
  const scalars: Record<string, number> = {}
  if (event.kind === 'answers') {
    const ended = event.answers.filter(({ stopped }) => stopped === 'stop-token').length
    if (event.answers.length > 0) scalars['eval_answers_stopped'] = ended / event.answers.length
    return { ...scalars, epoch: event.epoch }
  }
  Object.assign(scalars, event.metrics)
  if (event.kind === 'evaluation') {
    for (const { by, name, loss, accuracy, entropy } of event.groups) {
      scalars[`eval_${by}_${name}_loss`] = loss
      scalars[`eval_${by}_${name}_mean_token_accuracy`] = accuracy
      scalars[`eval_${by}_${name}_entropy`] = entropy
    }
  }
  return { ...scalars, epoch: event.epoch }
}

/** `loss` → `train/loss`, `eval_loss` → `eval/loss`: transformers' tags in TensorBoard and W&B. */
export function toTag(name: string): string {
  for (const prefix of ['eval', 'test']) {
    if (name.startsWith(`${prefix}_`)) return `${prefix}/${name.slice(prefix.length + 1)}`
  }
  return `train/${name}`
}
