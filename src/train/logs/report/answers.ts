import { escapeHtml, toThousands } from '../../../page/index.ts'
import type { Answers, GeneratedAnswer } from '../event.ts'

/** What the model answered to each prompt at each evaluation, the last answer first, and whether it ended by itself. */
export function toAnswersHtml(evaluations: readonly Answers[]): string {
  const last = evaluations.at(-1)
  if (last === undefined) return ''
  const prompts = last.answers.map(({ prompt }, a) => {
    const rows = evaluations.toReversed().flatMap(({ step, answers }) => {
      const answer = answers[a]
      return answer === undefined || answer.prompt !== prompt ? [] : [toRow(step, answer)]
    })
    return `<details${a < 3 ? ' open' : ''}><summary>${escapeHtml(prompt)}</summary><table class="answers">${rows.join('')}</table></details>`
  })
  return `<h2>Answers</h2><p class="dim">What the model answered at each evaluation, the last first; ■ where it ended by its stop token, … where only the limit ended it.</p>${prompts.join('')}`
}

function toRow(step: number, { answer, tokens, stopped }: GeneratedAnswer): string {
  const sign =
    stopped === 'stop-token'
      ? '<b class="end" title="ended by its stop token">■</b>'
      : '<b class="warn" title="ended by the limit">…</b>'
  return `<tr><td class="n">step ${toThousands(step)}</td><td><span class="answer">${escapeHtml(answer)}</span>${sign}</td><td class="n dim">${toThousands(tokens)} tokens</td></tr>`
}
