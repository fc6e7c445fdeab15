import type { Tally } from '../../prepare/index.ts'

/** What was asked of examples that are too long. */
interface Length {
  readonly maxLength?: number | undefined
  readonly truncation?: string | undefined
}

/** What a training does not see of its rows, and what was found in them: a sentence each; nothing where all is whole. */
export function tellLosses(
  { truncation: lost, examples, droppedUntrained, findings }: Tally,
  { maxLength, truncation }: Length,
): string[] {
  const sentences: string[] = []
  if (lost.tooLong > 0) {
    const did = [
      [lost.cut, 'cut'],
      [lost.split, 'split'],
      [lost.dropped, 'left out'],
    ] as const
    const done = did.flatMap(([count, word]) => (count > 0 ? `${n(count)} ${word}` : []))
    sentences.push(
      `${n(lost.tooLong)} of ${n(examples)} examples have more than ${n(maxLength ?? 0)} tokens (max_length): ${done.join(', ')} (truncation_mode ${truncation}); ` +
        `${n(lost.trainedTokensLost)} trained tokens are lost, ${n(lost.answersCut)} answers cut in the middle, ${n(lost.answersLost)} lost whole.`,
    )
  }
  if (droppedUntrained > 0)
    sentences.push(
      `${n(droppedUntrained)} ${droppedUntrained === 1 ? 'example' : 'examples'} without a trained token left out.`,
    )
  for (const [rule, { severity, count, where, text }] of findings) {
    if (severity === 'info') continue
    const more = count > 1 ? ` And ${n(count - 1)} more like it.` : ''
    sentences.push(`${where} ${text}${/[.!?]$/.test(text) ? '' : '.'} (${rule})${more}`)
  }
  return sentences
}

function n(count: number): string {
  return count.toLocaleString('en-US')
}
