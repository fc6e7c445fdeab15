import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { concatRows, readTokenRows, type TokenRows } from '../../dataset/index.ts'
import { LosslineError } from '../../error.ts'
import { PACKING_STRATEGIES } from '../../pack/index.ts'
import { addTally, emptyTally, type IterateOptions, MANIFEST, prepareTokenRows } from '../../prepare/index.ts'
import type { SFTConfig } from '../config/index.ts'
import { checkSignal } from './check-signal.ts'
import { type ExampleSet, toExampleSet } from './example-set.ts'
import { countTargets, packExamples, shuffleExamples } from './shuffle-and-pack.ts'
import { tellLosses } from './tell-losses.ts'

/** How examples are read; what shuffles and packs them is in the config. */
export type ReadExamplesOptions = Omit<IterateOptions, 'packing' | 'shuffleDataset'>

/** Whether a path is a folder of prepared rows: of `lossline prepare`, or of `datasets` with ids and labels in it. */
export function isPrepared(path: string): boolean {
  if (existsSync(join(path, MANIFEST))) return true
  const info = join(path, 'dataset_info.json')
  return existsSync(info) && /"input_ids"/.test(readFileSync(info, 'utf8'))
}

/**
 * The prepared folder that the inputs are; undefined for conversations.
 *
 * @throws LosslineError `train/mixed-inputs` for a prepared folder beside another input
 */
export function findPrepared(inputs: ReadExamplesOptions['inputs']): string | undefined {
  const prepared = inputs.find(({ path }) => isPrepared(path))
  if (prepared === undefined || inputs.length === 1) return prepared?.path
  throw new LosslineError('train/mixed-inputs', 'is prepared, and is not joined with other inputs', {
    where: prepared.path,
    fix: 'Name it alone, or prepare all of them together: lossline prepare A B -o FOLDER.',
  })
}

/**
 * What a training is done on, in memory: conversation files with their masks made, or one prepared folder as it lies.
 *
 * @throws LosslineError `train/no-examples` where nothing is trained, `train/interrupted` after `signal`, those of reading files and of rows that can't be used
 */
export async function readExamples(
  options: ReadExamplesOptions,
  config: Pick<SFTConfig, 'packing' | 'packingStrategy' | 'maxLength' | 'shuffleDataset' | 'seed'>,
): Promise<ExampleSet> {
  const prepared = findPrepared(options.inputs)
  const set =
    prepared === undefined
      ? await readConversations(withoutCuts(options, config))
      : await readPrepared(prepared)
  return arrangeExamples(set, config, options.inputs.map(({ path }) => path).join(', '))
}

/** Shuffles and packs as the config has it, and sees that there is something to train. */
export function arrangeExamples(
  set: ExampleSet,
  config: Pick<SFTConfig, 'packing' | 'packingStrategy' | 'maxLength' | 'shuffleDataset' | 'seed'>,
  where: string,
): ExampleSet {
  if (countTargets(set) === 0) {
    const fix =
      'Look at the masks with lossline show; a {max_length} that cuts all answers off does this too.'
    throw new LosslineError('train/no-examples', 'holds no example with a trained token', { where, fix })
  }
  const shuffled = config.shuffleDataset ? shuffleExamples(set, config.seed) : set
  const isPacked = set.rows.seqLengths !== undefined
  if (!config.packing || config.maxLength === undefined || isPacked) return shuffled
  return packExamples(shuffled, config.packingStrategy, config.maxLength)
}

/** Packing that splits what is too long is not to find it cut. */
export function withoutCuts(
  options: ReadExamplesOptions,
  { packing, packingStrategy }: Pick<SFTConfig, 'packing' | 'packingStrategy'>,
): ReadExamplesOptions {
  if (!packing || PACKING_STRATEGIES[packingStrategy].cuts) return options
  const { truncation: _, ...rest } = options
  return { ...rest, maxLength: undefined }
}

async function readPrepared(path: string): Promise<ExampleSet> {
  const parts: TokenRows[] = []
  for await (const rows of readTokenRows(path)) parts.push(rows)
  return toExampleSet(parts.length === 0 ? NO_ROWS : concatRows(parts), {
    describe: example => `${path} row ${example}`,
  })
}

async function readConversations(options: ReadExamplesOptions): Promise<ExampleSet> {
  const parts: TokenRows[] = []
  const places: { readonly startExample: number; readonly file: string; readonly rows: Int32Array }[] = []
  const told = emptyTally()
  let startExample = 0
  for await (const { rows, file, sourceRows, tally } of prepareTokenRows(options)) {
    checkSignal(options.signal)
    addTally(told, tally)
    if (sourceRows.length === 0) continue
    parts.push(rows)
    places.push({ startExample, file, rows: sourceRows })
    startExample += sourceRows.length
  }
  // Where nothing is left, that is an error, and one line.
  if (startExample > 0) for (const sentence of tellLosses(told, options)) options.notice?.(sentence)
  return toExampleSet(parts.length === 0 ? NO_ROWS : concatRows(parts), {
    describe: example => {
      const place = places.findLast(part => part.startExample <= example)!
      return `${place.file} row ${place.rows[example - place.startExample]}`
    },
  })
}

const NO_ROWS: TokenRows = {
  inputIds: new Int32Array(),
  labels: new Int32Array(),
  lossWeights: undefined,
  positionIds: undefined,
  seqLengths: undefined,
  offsets: new Int32Array(1),
}
