import { join } from 'node:path'
import { type ShardFile, writeFileWhole } from '../dataset/index.ts'
import type { Finding } from '../finding.ts'
import { readVersion } from '../package-root.ts'
import type { Fingerprint } from './journal.ts'
import type { PackingSummary } from './packing-summary.ts'
import type { Input, InputFile } from './plan.ts'
import type { Tally } from './tally.ts'

export const MANIFEST = 'lossline.json'

/**
 * What a prepared folder says of itself: `lossline.json`. It holds no time and nothing of the machine: the same inputs and options give the
 * same bytes.
 */
export interface Manifest {
  readonly lossline: string
  readonly options: Fingerprint
  readonly model: Fingerprint
  readonly inputs: readonly ManifestInput[]
  /** What the template took for the time, where it asked for it. */
  readonly now: string | null
  readonly columns: readonly string[]
  readonly counts: {
    readonly rows: number
    readonly rejected: number
    readonly examples: number
    readonly unrolled_rows: number
    readonly tokens: number
    readonly trained_tokens: number
    readonly dropped_untrained: number
    readonly kept_rows: number
    readonly kept_tokens: number
    readonly kept_trained_tokens: number
  }
  readonly truncation: Readonly<Record<string, number>>
  readonly packing: PackingSummary | null
  readonly roles: Readonly<Record<string, { readonly tokens: number; readonly trained: number }>>
  readonly formats: Readonly<Record<string, number>>
  readonly rejections: Readonly<Record<string, { readonly count: number; readonly first: string }>>
  readonly findings: Readonly<
    Record<
      string,
      {
        readonly count: number
        readonly severity: Finding['severity']
        readonly where: string
        readonly text: string
      }
    >
  >
  readonly shards: readonly ShardFile[]
}

export interface ManifestInput {
  readonly path: string
  readonly weight?: number
  readonly samples?: number
  /** Of a folder of `datasets` the files in it; `-` has no length and no hash. */
  readonly files: readonly {
    readonly path: string
    readonly bytes: number | null
    readonly sha256: string | null
  }[]
}

export interface ManifestParts {
  readonly now: Date
  readonly options: Fingerprint
  readonly model: Fingerprint
  readonly inputs: readonly Input[]
  /** The SHA-256 of each file, by its path. */
  readonly hashes: ReadonlyMap<string, string>
  readonly columns: readonly string[]
  readonly tally: Tally
  readonly packing: PackingSummary | undefined
  readonly shards: readonly ShardFile[]
}

/** All that is known at the end of a run, under the names that `lossline.json` has. */
export function toManifest({
  options,
  model,
  inputs,
  now,
  hashes,
  columns,
  tally,
  packing,
  shards,
}: ManifestParts): Manifest {
  const { truncation } = tally
  return {
    lossline: readVersion(),
    options,
    model,
    inputs: describeInputs(inputs, hashes),
    now: tally.usesClock ? now.toISOString() : null,
    columns,
    counts: {
      rows: tally.rows,
      rejected: tally.rejected,
      examples: tally.examples,
      unrolled_rows: tally.unrolledRows,
      tokens: tally.tokens,
      trained_tokens: tally.trainedTokens,
      dropped_untrained: tally.droppedUntrained,
      kept_rows: tally.keptRows,
      kept_tokens: tally.keptTokens,
      kept_trained_tokens: tally.keptTrainedTokens,
    },
    truncation: {
      too_long: truncation.tooLong,
      cut: truncation.cut,
      split: truncation.split,
      dropped: truncation.dropped,
      answers_cut: truncation.answersCut,
      answers_lost: truncation.answersLost,
      tokens_lost: truncation.tokensLost,
      trained_tokens_lost: truncation.trainedTokensLost,
    },
    packing: packing ?? null,
    roles: Object.fromEntries(tally.roles),
    formats: Object.fromEntries(tally.formats),
    rejections: Object.fromEntries(tally.rejections),
    findings: Object.fromEntries(tally.findings),
    shards,
  }
}

/** Inputs as the manifest has them; a hash that is not known is null. */
export function describeInputs(
  inputs: readonly Input[],
  hashes: ManifestParts['hashes'],
): readonly ManifestInput[] {
  return inputs.map(({ files, ...spec }) => ({
    ...spec,
    files: files.flatMap(file => describeFile(file, hashes)),
  }))
}

function describeFile(
  { path, parts }: InputFile,
  hashes: ManifestParts['hashes'],
): ManifestInput['files'][number][] {
  if (parts.length === 0) return [{ path, bytes: null, sha256: null }]
  return parts.map(part => ({
    path: part.path,
    bytes: part.byteLength,
    sha256: hashes.get(part.path) ?? null,
  }))
}

/** Writes `lossline.json`, the last file: where it is, the folder is whole. @throws LosslineError when it can't be written */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFileWhole(join(folder, MANIFEST), [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)])
}
