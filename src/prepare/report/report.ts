import { join } from 'node:path'
import { writeFileWhole } from '../../dataset/index.ts'
import { escapeHtml, STYLE, toPercent, toRowHtml, toThousands } from '../../page/index.ts'
import type { Tokenizer } from '../../tokenizer/index.ts'
import type { Manifest } from '../manifest.ts'
import type { Sample } from '../samples.ts'
import { toHistogram } from './histogram.ts'

export const REPORT = 'report.html'

export interface ReportParts {
  readonly manifest: Manifest
  /** Lengths of the examples before anything was cut, and of what is kept: tokens → how many. */
  readonly lengths: ReadonlyMap<number, number>
  readonly keptLengths: ReadonlyMap<number, number>
  readonly samples: readonly Sample[]
  readonly tokenizer: Tokenizer
}

/**
 * Writes `report.html`: what became of the rows, for a person. One file, no network, no time in it: the same inputs and options give the same bytes.
 *
 * @throws LosslineError when it can't be written
 */
export async function writeReport(folder: string, parts: ReportParts): Promise<void> {
  await writeFileWhole(join(folder, REPORT), [Buffer.from(toReport(parts))])
}

function toReport({ manifest, lengths, keptLengths, samples, tokenizer }: ReportParts): string {
  const inputs = manifest.inputs.map(({ path }) => path).join(', ')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Prepared: ${escapeHtml(inputs)}</title><style>${STYLE}</style></head><body>
<h1>Prepared dataset</h1>
<p class="dim">${escapeHtml(inputs)}</p>
${toCards(manifest)}
${toLengths(manifest, lengths, keptLengths)}
<h2>Who is trained</h2>
<p class="dim">Of the examples, before anything was cut or dropped.</p>
${toRoles(manifest)}
${toLosses(manifest)}
${toTable('Rows that could not be used', toRejections(manifest))}
${toTable('Findings', toFindings(manifest))}
<h2>Some rows, drawn at random</h2>
<p class="dim">What is trained is coloured and underlined.</p>
${samples.map(sample => toRowHtml(sample, tokenizer)).join('\n')}
</body></html>
`
}

/** One histogram where everything is kept as it was. */
function toLengths(
  { packing }: Manifest,
  lengths: ReportParts['lengths'],
  keptLengths: ReportParts['keptLengths'],
): string {
  const before = toHistogram(lengths)
  if (isSame(lengths, keptLengths)) return `<h2>Lengths</h2>\n${before}`
  const kept = packing === null ? 'Lengths that are kept' : 'Lengths that are kept, before packing'
  return `<h2>Lengths before cutting</h2>\n${before}\n<h2>${kept}</h2>\n${toHistogram(keptLengths)}`
}

function isSame(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean {
  return a.size === b.size && [...a].every(([length, count]) => b.get(length) === count)
}

function toCards({ counts, packing, shards }: Manifest): string {
  const cards = [
    [toThousands(counts.rows), 'rows read'],
    ...(counts.rejected === 0 ? [] : [[toThousands(counts.rejected), 'rows rejected']]),
    [toThousands(counts.examples), 'examples'],
    [toThousands(counts.kept_tokens), 'tokens kept'],
    [escapeHtml(toPercent(counts.kept_trained_tokens, counts.kept_tokens)), 'of them trained'],
    ...(packing === null
      ? [[toThousands(counts.kept_rows), 'rows written']]
      : [
          [toThousands(packing.packs), 'packs'],
          [toPercent(packing.efficiency, 1), 'of the packs filled'],
        ]),
    [toThousands(shards.length), shards.length === 1 ? 'file' : 'files'],
  ]
  return `<div class="cards">${cards.map(([count, name]) => `<div class="card"><b>${count}</b>${name}</div>`).join('')}</div>`
}

function toRoles({ roles, counts }: Manifest): string {
  const rows = [
    ...Object.entries(roles),
    ['all', { tokens: counts.tokens, trained: counts.trained_tokens }] as const,
  ]
  const lines = rows.map(([role, { tokens, trained }]) => {
    const share = toPercent(trained, tokens)
    return `<tr><td>${escapeHtml(role)}</td><td class="n">${toThousands(tokens)}</td><td class="n">${toThousands(trained)}</td><td class="n">${escapeHtml(share)}</td><td><span class="bar"><i style="width:${((100 * trained) / Math.max(1, tokens)).toFixed(1)}%"></i></span></td></tr>`
  })
  return `<table><tr><th>role</th><th class="n">tokens</th><th class="n">trained</th><th class="n">share</th><th></th></tr>${lines.join('')}</table>`
}

/** What was cut, split or dropped: one sentence each, none for what did not happen. */
function toLosses({ truncation, counts, options, packing }: Manifest): string {
  const t = (name: string): string => toThousands(truncation[name] ?? 0)
  const lines: string[] = []
  if ((truncation['too_long'] ?? 0) > 0) {
    lines.push(
      `${t('too_long')} examples had more than ${toThousands(Number(options['max_length']))} tokens: ${t('cut')} were cut, ${t('split')} split, ${t('dropped')} dropped (${escapeHtml(String(options['truncation']))}).`,
      `${t('answers_cut')} answers were cut in the middle and ${t('answers_lost')} lost whole; ${t('tokens_lost')} tokens were lost, ${t('trained_tokens_lost')} of them trained.`,
    )
  }
  if (counts.dropped_untrained > 0)
    lines.push(
      `${toThousands(counts.dropped_untrained)} ${counts.dropped_untrained === 1 ? 'example' : 'examples'} without a trained token ${counts.dropped_untrained === 1 ? 'was' : 'were'} dropped.`,
    )
  if (packing !== null && packing.packs !== packing.packs_of_whole)
    lines.push(
      `Packing all rows at once, and not file by file, would give ${toThousands(packing.packs_of_whole)} packs.`,
    )
  if (packing !== null && packing.split_sequences > 0)
    lines.push(`${toThousands(packing.split_sequences)} examples lie in more than one pack.`)
  return lines.length === 0
    ? ''
    : `<h2>Cut, dropped and packed</h2>${lines.map(line => `<p>${line}</p>`).join('')}`
}

function toRejections({ rejections }: Manifest): string[] {
  return Object.values(rejections).map(
    ({ count, first }) => `<tr><td class="n">${toThousands(count)}</td><td>${escapeHtml(first)}</td></tr>`,
  )
}

function toFindings({ findings }: Manifest): string[] {
  return Object.entries(findings).map(([rule, { count, severity, where, text }]) => {
    const kind = { info: 'dim', warn: 'warn', error: 'error' }[severity]
    return `<tr><td class="n">${toThousands(count)}</td><td><b class="${kind}">${severity} ${escapeHtml(rule)}</b> ${escapeHtml(text)} <span class="dim">First in ${escapeHtml(where)}.</span></td></tr>`
  })
}

function toTable(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<h2>${title}</h2><table>${lines.join('')}</table>`
}
