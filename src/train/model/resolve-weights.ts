import { LosslineError, quote } from '../../error.ts'
import type { ModelDescription } from './description.ts'
import { listWeights, type ModelWeight } from './weights-of-model.ts'

/** What a checkpoint says of a tensor before its numbers are read. */
export interface StoredTensor {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
}

const DTYPES: readonly string[] = ['F32', 'F16', 'BF16']

/** What older versions of transformers saved and today's leaves aside: tables that follow from the config. */
const LEFTOVERS = [/\.rotary_emb\.inv_freq$/, /(^|\.)h\.\d+\.attn\.(masked_)?bias$/]

/**
 * The checkpoint's tensor for each of a model's weights, by the name of the weight: in a checkpoint that was saved without its
 * head, tensors are named without the prefix of the body.
 *
 * @param where the model's folder, for errors
 * @throws LosslineError `model/missing-tensor`, `model/extra-tensor`, `model/shape`, `model/dtype`: config.json and the weights contradict
 */
export function resolveWeights<Stored extends StoredTensor>(
  model: ModelDescription,
  tensors: ReadonlyMap<string, Stored>,
  where: string,
): Map<string, Stored> {
  const { basePrefix } = model
  const isWhole = [...tensors.keys()].some(name => name.startsWith(basePrefix))
  const weights = listWeights(model)
  const resolved = new Map<string, Stored>()
  const missing: ModelWeight[] = []
  for (const weight of weights) {
    const isOfBody = weight.name.startsWith(basePrefix)
    const stored = tensors.get(isWhole || !isOfBody ? weight.name : weight.name.slice(basePrefix.length))
    if (stored === undefined) {
      missing.push(weight)
    } else {
      checkTensor(weight, stored, where)
      resolved.set(weight.name, stored)
    }
  }
  if (missing.length > 0) throw describeMissing(missing, model, where)
  checkNoneIsLeft(model, tensors, { resolved, where })
  return resolved
}

/**
 * Whether every id that a tokenizer can give has a row in the embedding.
 *
 * @param idCount the tokenizer's largest id and one
 * @param where the tokenizer's file, for errors
 * @throws LosslineError `model/vocabulary`
 */
export function checkTokenIds(model: ModelDescription, idCount: number, where: string): void {
  const rows = model.vocabularySize
  if (idCount <= rows) return
  const what = `has ids up to ${idCount - 1}, and the model's embedding has ${rows} rows`
  const fix = `Name the model's own tokenizer, or give the model more rows in Python: model.resize_token_embeddings(${idCount}).`
  throw new LosslineError('model/vocabulary', what, { where, fix })
}

function checkTensor({ name, shape }: ModelWeight, stored: StoredTensor, where: string): void {
  if (stored.shape.length !== shape.length || stored.shape.some((size, axis) => size !== shape[axis])) {
    const what = `has the shape [${stored.shape.join(', ')}]; config.json says [${shape.join(', ')}]`
    const fix = 'Take config.json and the weights from the same model.'
    throw new LosslineError('model/shape', what, { where: `${where} ${name}`, fix })
  }
  if (DTYPES.includes(stored.dtype)) return
  const what = `is ${stored.dtype}; expected ${DTYPES.join(', ')}`
  const fix = 'Save the model with one of these dtypes; {load_in_4bit} quantizes it here.'
  throw new LosslineError('model/dtype', what, { where: `${where} ${name}`, fix })
}

function describeMissing(
  missing: readonly ModelWeight[],
  { head, architecture }: ModelDescription,
  where: string,
): LosslineError {
  const { name, shape } = missing[0]!
  const more = missing.length === 1 ? '' : ` and ${missing.length - 1} more`
  const what = `has no tensor ${name} [${shape.join(', ')}]${more}, which config.json asks for (${architecture})`
  const fix =
    missing.length === 1 && name === `${head.module}.weight`
      ? 'Say "tie_word_embeddings": true in config.json if the head is the embedding; else copy or download the weights again.'
      : 'Take config.json and all files of weights from the same model.'
  return new LosslineError('model/missing-tensor', what, { where, fix })
}

function checkNoneIsLeft(
  model: ModelDescription,
  tensors: ReadonlyMap<string, StoredTensor>,
  { resolved, where }: { resolved: ReadonlyMap<string, StoredTensor>; where: string },
): void {
  const known = new Set([...resolved.values()].map(({ name }) => name))
  // transformers takes the embedding for a tied head whatever else the file holds.
  if (model.head.tied) known.add('lm_head.weight')
  const left = [...tensors.keys()].filter(
    name => !known.has(name) && !LEFTOVERS.some(pattern => pattern.test(name)),
  )
  if (left.length === 0) return
  const more = left.length === 1 ? '' : ` and ${left.length - 1} more`
  const what = `holds the tensor ${quote(left[0])}${more}, for which config.json has no use (${model.architecture})`
  const fix = 'Take config.json and all files of weights from the same model.'
  throw new LosslineError('model/extra-tensor', what, { where, fix })
}
