import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ShardFile, writeFileWhole } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import type { Samples } from './samples.ts'
import { emptyTally, type Tally, tallyFromJson, tallyToJson } from './tally.ts'

/**
 * How far a preparation has come, as it is on the disk: all that has to be known to go on. It is written when a shard is finished, so that
 * whatever comes after the last one is done again.
 */
export interface Journal {
  /** What the bytes of the output depend on: a run goes on only with the same. */
  readonly fingerprint: Fingerprint
  /** What templates see as the time: that of the first start. */
  readonly now: string
  /** Chunks of the inputs whose rows are finished. */
  chunks: number
  readonly shards: ShardFile[]
  readonly tally: Tally
  samples: Samples
  /** Bytes of rejected.jsonl that belong to those chunks. */
  rejectedBytes: number
  spill: Spilled
  /** Sequences that packing splits between packs. */
  splitSequences: number
  hasLossWeights: boolean
}

/** Rows that wait to be shuffled. */
export interface Spilled {
  readonly rowCount: number
  readonly byteLength: number
  /** Rows, in their new order, that are in finished shards; undefined while rows are still added. */
  readonly written: number | undefined
}

/** The journal of a run of which nothing is done yet. */
export function startJournal(fingerprint: Fingerprint, now: Date): Journal {
  return {
    fingerprint,
    now: now.toISOString(),
    chunks: 0,
    shards: [],
    tally: emptyTally(),
    samples: { seen: 0, rows: [] },
    rejectedBytes: 0,
    spill: { rowCount: 0, byteLength: 0, written: undefined },
    splitSequences: 0,
    hasLossWeights: false,
  }
}

export type Fingerprint = Readonly<Record<string, unknown>>

/** The folder, in the output, of what is kept only until the output is whole. */
export const WORK_FOLDER = '.lossline'
export const JOURNAL = 'journal.json'

/** Puts the journal in the place of the one before, whole. @throws LosslineError when it can't be written */
export async function writeJournal(folder: string, journal: Journal): Promise<void> {
  const text = JSON.stringify({ ...journal, tally: tallyToJson(journal.tally) })
  await writeFileWhole(join(folder, WORK_FOLDER, JOURNAL), [Buffer.from(text)])
}

/** The journal of an interrupted run; undefined when there is none. */
export function readJournal(folder: string): Journal | undefined {
  const path = join(folder, WORK_FOLDER, JOURNAL)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  try {
    const journal = JSON.parse(text) as Journal
    return { ...journal, tally: tallyFromJson(journal.tally) }
  } catch (cause) {
    const fix = 'Start anew with {overwrite}.'
    throw new LosslineError('prepare/journal', 'is damaged, so the run can’t go on', {
      where: path,
      fix,
      cause,
    })
  }
}
