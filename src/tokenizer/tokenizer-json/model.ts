import { LosslineError, quote } from '../../error.ts'
import type { BpeDescription, ModelDescription } from './description.ts'
import { type Field, TAKE_AGAIN } from './field.ts'

const OTHER_MODELS = ['Unigram', 'WordPiece', 'WordLevel'] as const

/** Early files don't name the model's type: BPE is the one with merges. */
export function parseModel(field: Field): ModelDescription {
  if (field.isAbsent) throw field.expected('a model with its vocabulary')
  const type = field.at('type').or(undefined, it => it.oneOf(['BPE', ...OTHER_MODELS]))
  if (type === 'BPE' || (type === undefined && !field.at('merges').isAbsent)) return parseBpe(field)
  if (type !== undefined) return { kind: type }
  if (Array.isArray(field.at('vocab').value)) return { kind: 'Unigram' }
  return { kind: field.at('continuing_subword_prefix').isAbsent ? 'WordLevel' : 'WordPiece' }
}

function parseBpe(field: Field): BpeDescription {
  const text = (key: string) => field.at(key).or(undefined, it => it.string())
  const flag = (key: string) => field.at(key).or(false, it => it.boolean())
  return {
    kind: 'BPE',
    vocab: parseVocab(field.at('vocab')),
    merges: parseMerges(field.at('merges')),
    unkToken: text('unk_token'),
    byteFallback: flag('byte_fallback'),
    fuseUnk: flag('fuse_unk'),
    ignoreMerges: flag('ignore_merges'),
    continuingSubwordPrefix: text('continuing_subword_prefix'),
    endOfWordSuffix: text('end_of_word_suffix'),
  }
}

function parseVocab(field: Field): Map<string, number> {
  const object = field.object()
  const vocab = new Map<string, number>()
  // Twice as fast as by Object.entries, and this is a good part of the time that a cold start takes.
  for (const token of Object.keys(object)) {
    const id = object[token]
    if (!Number.isInteger(id) || (id as number) < 0) throw vocabError(field, token, id)
    vocab.set(token, id as number)
  }
  return vocab
}

function vocabError(field: Field, token: string, id: unknown): LosslineError {
  return new LosslineError(
    'tokenizer/json',
    `${quote(token)} has the id ${quote(id)}: expected a whole number`,
    {
      where: field.where,
      fix: TAKE_AGAIN,
    },
  )
}

/** `["a", "b"]` each, or `"a b"` as files had it before tokens could hold a space. */
function parseMerges(field: Field): [string, string][] {
  if (!Array.isArray(field.value)) throw field.expected('an array of merges')
  const merges: [string, string][] = []
  for (const merge of field.value as unknown[]) {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge
    if (isPair(pair)) merges.push(pair)
    else if (typeof merge !== 'string' || !merge.startsWith('#version'))
      throw field.items()[field.value.indexOf(merge)]!.expected('two tokens')
  }
  return merges
}

function isPair(value: unknown): value is [string, string] {
  return (
    Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'string'
  )
}
