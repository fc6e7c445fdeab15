import { escapeHtml, toPercent, toThousands } from '../../../page/index.ts'
import type { EvaluatedGroup, Evaluation } from '../event.ts'
import { toShortNumber } from './ticks.ts'

const TITLES: Readonly<Record<EvaluatedGroup['by'], string>> = {
  role: 'By role',
  turn: 'By answer in the conversation',
  source: 'By what the tokens are',
}

/** Where the last evaluation's loss comes from: a table of roles, of turns and of sources. */
export function toGroupsTable({ step, groups }: Evaluation): string {
  const kinds = (['role', 'turn', 'source'] as const).filter(kind => groups.some(({ by }) => by === kind))
  const bodies = kinds.map(kind => {
    const rows = groups.filter(({ by }) => by === kind).map(toRow)
    return `<tr><th colspan="5">${TITLES[kind]}</th></tr>${rows.join('')}`
  })
  return `<h2>Where the loss is</h2><p class="dim">Of the evaluation at step ${toThousands(step)}.</p>
<table class="groups"><tr><th></th><th class="n">tokens</th><th class="n">loss</th><th class="n">accuracy</th><th class="n">entropy</th></tr>${bodies.join('')}</table>`
}

function toRow({ name, tokens, loss, accuracy, entropy }: EvaluatedGroup): string {
  return `<tr><td>${escapeHtml(name)}</td><td class="n">${toThousands(tokens)}</td><td class="n">${toShortNumber(loss)}</td><td class="n">${escapeHtml(toPercent(accuracy, 1))}</td><td class="n">${toShortNumber(entropy)}</td></tr>`
}
