import type { Finding } from '../../finding.ts'
import type { MaskInput } from '../mask-input.ts'
import type { MaskRun } from '../masked.ts'

/** That a search found some of a conversation's answers and not others: what today's tools do in silence. */
export function reportUntrainedTurns({ chat }: MaskInput, runs: readonly MaskRun[]): Finding[] {
  const answers =
    chat?.conversation.messages.flatMap(({ role }, m) => (role === 'assistant' ? [m] : [])) ?? []
  const trained = new Set(runs.filter(({ weight }) => weight !== 0).map(({ message }) => message))
  const missed = answers.filter(m => !trained.has(m))
  if (missed.length === 0 || missed.length === answers.length) return []
  const text = `${answers.length - missed.length} of ${answers.length} answers are trained: not ${missed.map(m => `messages[${m}]`).join(', ')}.`
  return [{ rule: 'some-turns-untrained', severity: 'warn', text, message: missed[0]! }]
}
