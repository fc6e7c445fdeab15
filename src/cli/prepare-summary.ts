import type { Finding } from '../finding.ts'
import { toWarningsView, type ViewOptions } from '../inspect/index.ts'
import type { Manifest } from '../prepare/index.ts'
import { toShellWord } from './shell-word.ts'

export interface SummaryOptions {
  /** The folder that was written, and the model, as the caller named them. */
  readonly output: string
  readonly tokenizer: string
  /** How warnings are shown. */
  readonly view: Pick<ViewOptions, 'width' | 'colors'>
}

/** What became of the rows, for a person: counts first, what was lost next, and what to do with the folder last. */
export function toPrepareSummary(manifest: Manifest, { output, tokenizer, view }: SummaryOptions): string {
  const { counts, shards, roles, packing, formats } = manifest
  const bytes = shards.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const lines: (readonly [string, string])[] = [
    [
      'rows read',
      [
        n(counts.rows),
        ...toFormats(formats),
        ...(counts.rejected === 0 ? [] : [`${n(counts.rejected)} rejected`]),
      ].join(', '),
    ],
    [
      'examples',
      `${n(counts.examples)}${counts.unrolled_rows === 0 ? '' : `, from ${n(counts.unrolled_rows)} ${counts.unrolled_rows === 1 ? 'conversation' : 'conversations'} unrolled into one for each answer`}`,
    ],
    ['tokens', `${n(counts.tokens)}, ${share(counts.trained_tokens, counts.tokens)} trained`],
    ...toLosses(manifest),
    [
      'kept',
      `${n(counts.kept_rows)} rows, ${n(counts.kept_tokens)} tokens, ${share(counts.kept_trained_tokens, counts.kept_tokens)} trained`,
    ],
    ...(packing === null ? [] : toPacking(packing)),
    ...toRoles(roles),
    [
      'written',
      `${n(shards.length)} ${shards.length === 1 ? 'file' : 'files'}, ${toSize(bytes)} in ${output}`,
    ],
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  const draw = ([name, text]: readonly [string, string]): string => `${name.padEnd(width)}  ${text}`
  const next = toNext(manifest, output, tokenizer)
  return [...lines.map(draw), ...toWarnings(manifest, view), '', ...next.map(draw)].join('\n')
}

/** A line for each role, its numbers one below the other. */
function toRoles(roles: Manifest['roles']): (readonly [string, string])[] {
  const rows = Object.entries(roles).map(
    ([role, { tokens, trained }]) => [role, n(tokens), share(trained, tokens)] as const,
  )
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(([role, tokens, trained], i) => [
    i === 0 ? 'by role' : '',
    `${role.padEnd(widths[0]!)}  ${tokens.padStart(widths[1]!)} tokens  ${trained.padStart(widths[2]!)} trained`,
  ])
}

/** What the rows were taken for: of one format its name, of several the number of each. */
function toFormats(formats: Manifest['formats']): string[] {
  const entries = Object.entries(formats)
  return entries.map(([name, count]) => (entries.length === 1 ? name : `${n(count)} ${name}`))
}

function toLosses({ truncation, options, counts }: Manifest): (readonly [string, string])[] {
  const t = truncation as Record<
    | 'too_long'
    | 'cut'
    | 'split'
    | 'dropped'
    | 'answers_cut'
    | 'answers_lost'
    | 'tokens_lost'
    | 'trained_tokens_lost',
    number
  >
  const lines: (readonly [string, string])[] = []
  if (t.too_long > 0) {
    const did = [
      t.cut > 0 ? `${n(t.cut)} cut` : '',
      t.split > 0 ? `${n(t.split)} split` : '',
      t.dropped > 0 ? `${n(t.dropped)} dropped` : '',
    ].filter(part => part !== '')
    lines.push([
      'too long',
      `${n(t.too_long)} of more than ${n(Number(options['max_length']))} tokens: ${did.join(', ')} (--truncation ${String(options['truncation'])})`,
    ])
    lines.push([
      '',
      `${n(t.answers_cut)} answers cut in the middle, ${n(t.answers_lost)} lost; ${n(t.tokens_lost)} tokens lost, ${n(t.trained_tokens_lost)} of them trained`,
    ])
  }
  if (counts.dropped_untrained > 0)
    lines.push(['dropped', `${n(counts.dropped_untrained)} without a trained token`])
  return lines
}

function toPacking(packing: NonNullable<Manifest['packing']>): (readonly [string, string])[] {
  const { packs, packs_of_whole, efficiency, split_sequences } = packing
  const whole = packs === packs_of_whole ? '' : `; packing all at once would give ${n(packs_of_whole)}`
  const lines: (readonly [string, string])[] = [
    ['packed', `${n(packs)} packs, ${(100 * efficiency).toFixed(2)} % full${whole}`],
  ]
  if (split_sequences > 0) lines.push(['', `${n(split_sequences)} examples lie in more than one pack`])
  return lines
}

function toWarnings({ findings }: Manifest, view: SummaryOptions['view']): string[] {
  const groups = Object.entries(findings)
    .filter(([, { severity }]) => severity !== 'info')
    .map(([rule, { count, severity, where, text }]) => ({
      first: { where, finding: { rule, severity: severity as Finding['severity'], text } },
      count,
    }))
  return groups.length === 0 ? [] : ['', toWarningsView(groups, view)]
}

/** What to do with the folder, each to be copied as it stands. */
function toNext(
  { options, columns }: Manifest,
  output: string,
  tokenizer: string,
): (readonly [string, string])[] {
  const open =
    options['format'] === 'arrow'
      ? `datasets.load_from_disk(${JSON.stringify(output)})`
      : `datasets.load_dataset(${JSON.stringify(output)}, split="train")`
  // Rows have their length: TRL would map them anew and cut them at its own, which leaves seq_lengths wrong.
  const config = columns.includes('seq_lengths') ? 'max_length=None, padding_free=True' : 'max_length=None'
  return [
    ['look', `lossline show ${toShellWord(output)} --tokenizer ${toShellWord(tokenizer)}`],
    ['in TRL', open],
    ['', `SFTConfig(${config})`],
  ]
}

function n(count: number): string {
  return count.toLocaleString('en-US')
}

function share(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(1)} %`
}

function toSize(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
