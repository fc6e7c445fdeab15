import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { LosslineError } from '../../error.ts'
import { findRule } from '../../lint/index.ts'
import type { ModelFolder } from '../../model-folder/index.ts'
import type { Model } from '../../open-model.ts'
import { HEAD_MODULE, type LaidAdapter, readBase } from '../adapter/index.ts'
import type { ExampleSet, ReadExamplesOptions } from '../data/index.ts'
import { readTensorRows, type TensorEntry } from '../weights/index.ts'

/** Rows from which the mean of all is taken, about. */
const SAMPLED_ROWS = 1024
/** Unsloth's measure of a row that was never trained. */
const ZERO = 1e-16
/**
 * A row that is so much nearer to the mean than half of all is one that was put there: trained rows are a third to three times as far from it as
 * others, and a mean of a thousand rows is off by a thousandth of that, squared.
 */
const NEAR = 0.01

/**
 * Added tokens that the model can't write, and won't learn to, since the adapter leaves its head as it is. Told by their rows in the head: all zero;
 * the mean of the others, where `resize_token_embeddings` puts new ones; the very row of another added token. New rows of random numbers can't be told
 * from trained ones. Undefined where the head is trained.
 *
 * @throws LosslineError those of the model's files
 */
export function findFrozenNewTokens(
  { tokenizerFile, tokenizerBytes }: ModelFolder,
  model: string,
  { plan }: LaidAdapter,
): ReadonlyMap<number, string> | undefined {
  const isTrained =
    plan.targets.some(({ module }) => module === HEAD_MODULE) ||
    plan.saved.some(({ name }) => name === `${HEAD_MODULE}.weight`)
  if (isTrained) return undefined
  const head = findHead(model)
  if (head === undefined) return undefined
  const bytes = tokenizerFile.endsWith('.gz') ? gunzipSync(tokenizerBytes) : tokenizerBytes
  const rows = head.shape[0]!
  return findNewRows(
    head,
    listAddedIds(bytes).filter(id => id < rows),
  )
}

/** The output matrix, a row for each id. */
function findHead(folder: string): TensorEntry | undefined {
  const { model, weights } = readBase(folder)
  const { tokenEmbedding, head } = model
  return weights.get(`${head.tied ? tokenEmbedding.module : head.module}.weight`)
}

function listAddedIds(tokenizer: Uint8Array): number[] {
  const { added_tokens: added = [] } = JSON.parse(Buffer.from(tokenizer).toString('utf8')) as {
    readonly added_tokens?: readonly { readonly id: number }[]
  }
  return [...new Set(added.map(({ id }) => id))].sort((a, b) => a - b)
}

/** Which of some ids have rows that say nothing, and what is seen of that. */
export function findNewRows(head: TensorEntry, ids: readonly number[]): ReadonlyMap<number, string> {
  const [count = 0, width = 1] = head.shape
  const step = Math.max(1, Math.floor(count / SAMPLED_ROWS))
  const isAdded = new Set(ids)
  const others = Array.from({ length: Math.floor(count / step) }, (_, i) => i * step).filter(
    id => !isAdded.has(id),
  )
  const sample = readTensorRows(head, others)
  const mean = meanOf(sample, width)
  const distances = others.map((_, r) => distance(sample.subarray(r * width, (r + 1) * width), mean))
  const usual = distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0
  const rows = readTensorRows(head, ids)
  const found = new Map<number, string>()
  const firstOf = new Map<string, number>()
  for (const [r, id] of ids.entries()) {
    const row = rows.subarray(r * width, (r + 1) * width)
    const key = createHash('sha256').update(row).digest('base64')
    const same = firstOf.get(key)
    if (row.every(value => Math.abs(value) <= ZERO)) found.set(id, 'all zero')
    else if (distance(row, mean) <= NEAR * usual) found.set(id, 'the mean of all rows')
    else if (same !== undefined) {
      found.set(id, `that of id ${same} too`)
      if (!found.has(same)) found.set(same, `that of id ${id} too`)
    }
    if (same === undefined) firstOf.set(key, id)
  }
  return found
}

function meanOf(rows: Float32Array, width: number): Float64Array {
  const mean = new Float64Array(width)
  for (const [i, value] of rows.entries()) mean[i % width]! += value
  return mean.map(sum => (sum * width) / rows.length)
}

function distance(row: Float32Array, mean: Float64Array): number {
  let sum = 0
  for (let i = 0; i < mean.length; i++) sum += (row[i]! - mean[i]!) ** 2
  return sum
}

/**
 * The same of rows that were prepared before, whose labels are all that is left to see.
 *
 * @throws LosslineError `prepare/findings`
 */
export function stopAtNewTokens(
  { rows: { labels, offsets }, describe }: ExampleSet,
  { frozenNewTokens, allowFindings = [] }: Pick<ReadExamplesOptions, 'frozenNewTokens' | 'allowFindings'>,
  { tokenizer }: Pick<Model, 'tokenizer'>,
): void {
  if (frozenNewTokens === undefined || frozenNewTokens.size === 0 || allowFindings.includes(RULE)) return
  const t = labels.findIndex(label => frozenNewTokens.has(label))
  if (t < 0) return
  const id = labels[t]!
  const example = offsets.findIndex(offset => offset > t) - 1
  const what = `${JSON.stringify(tokenizer.idToToken(id))} (id ${id}) is trained and new to the model: its row in the head is ${frozenNewTokens.get(id)}, and the head is not trained.`
  const where = describe?.(example)
  const fix = `${findRule(RULE)!.fix} {allow_findings} ${RULE} goes on as it is.`
  throw new LosslineError('prepare/findings', what, { fix, ...(where !== undefined && { where }) })
}

const RULE = 'new-token-frozen'
