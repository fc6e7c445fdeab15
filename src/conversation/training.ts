import type { Json } from '../json/index.ts'
import type { MessageTraining, TrainingDetail } from './conversation.ts'
import { type Fields, getField, hasValue, isFields, isList, toNumber } from './fields.ts'
import { nameValue, rowError } from './row-error.ts'

const WEIGHT_KEYS = ['weight', 'loss_weight', 'train', 'training'] as const
const DETAIL_KEYS = ['training_detail', 'train_detail'] as const

/** Keys that speak to the trainer and not to the model: they never reach the template. */
export const TRAINING_KEYS: ReadonlySet<string> = new Set([...WEIGHT_KEYS, ...DETAIL_KEYS])

/** What a message says about its own training, undefined when it says nothing; null is nothing said. */
export function readTraining(
  message: Fields,
  content: Json | undefined,
  where: string,
): MessageTraining | undefined {
  const weight = readWeight(message, where)
  const detail = readDetail(message, content, where)
  if (weight === undefined && detail === undefined) return undefined
  return { ...(weight !== undefined && { weight }), ...(detail !== undefined && { detail }) }
}

function readWeight(message: Fields, where: string): number | undefined {
  let found: { key: string; weight: number } | undefined
  for (const key of WEIGHT_KEYS) {
    const value = getField(message, key) ?? null
    if (value === null) continue
    const weight = typeof value === 'boolean' ? Number(value) : toNumber(value)
    if (weight === undefined || !(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      const fix = 'Write 0 to leave the message out of the loss, 1 to train it.'
      const expected = 'expected true, false or a number from 0'
      throw rowError('weight-type', `${where}.${key}`, `is ${nameValue(value)}; ${expected}`, fix)
    }
    if (found !== undefined && found.weight !== weight) {
      const what = `has the weight ${weight}, but ${found.key} says ${found.weight}`
      throw rowError('weights-disagree', `${where}.${key}`, what, 'Keep one of the two.')
    }
    found = { key, weight }
  }
  return found?.weight
}

function readDetail(message: Fields, content: Json | undefined, where: string): TrainingDetail[] | undefined {
  const [long, short] = DETAIL_KEYS
  const key = hasValue(message, long) ? long : hasValue(message, short) ? short : undefined
  if (key === undefined) return undefined
  const place = `${where}.${key}`
  const list = getField(message, key)
  const fix = 'Write a list of {"begin_offset", "end_offset", "train"}, as Axolotl has it.'
  if (!isList(list)) throw rowError('detail-type', place, `is ${nameValue(list)}; expected a list`, fix)
  if (typeof content !== 'string') {
    const what = `needs content that is a string, and the content is ${nameValue(content)}`
    throw rowError('detail-content', place, what, `Write the content as one string, or leave ${key} out.`)
  }
  const starts = findCharStarts(content)
  return list.map((entry, i) => readRange(entry, starts, `${place}[${i}]`, fix))
}

/** One range; Axolotl counts characters as Python does, and its end is the last character inside. */
function readRange(entry: Json, starts: CharStarts, where: string, fix: string): TrainingDetail {
  if (!isFields(entry))
    throw rowError('detail-type', where, `is ${nameValue(entry)}; expected an object`, fix)
  const begin = readOffset(entry, 'begin_offset', starts, where)
  const end = readOffset(entry, 'end_offset', starts, where)
  if (end < begin) {
    const what = `is ${end}, before begin_offset ${begin}`
    throw rowError(
      'detail-range',
      `${where}.end_offset`,
      what,
      'The end is the last character inside the range.',
    )
  }
  const train = getField(entry, 'train')
  if (typeof train !== 'boolean') {
    throw rowError('detail-type', `${where}.train`, `is ${nameValue(train)}; expected true or false`, fix)
  }
  return { startChar: starts.at(begin), endChar: starts.at(end + 1), train }
}

function readOffset(entry: Fields, key: string, starts: CharStarts, where: string): number {
  const value = getField(entry, key)
  const offset = value === undefined ? undefined : toNumber(value ?? '')
  if (offset !== undefined && Number.isInteger(offset) && offset >= 0 && offset < starts.length) return offset
  const last = starts.length === 0 ? 'and the content is empty' : `expected 0 to ${starts.length - 1}`
  const fix = 'Offsets count characters of the content from 0; the end is the last one inside.'
  throw rowError('detail-range', `${where}.${key}`, `is ${nameValue(value)}; ${last}`, fix)
}

/** Where each of Python's characters starts in a JavaScript string: `at(length)` is the string's end. */
interface CharStarts {
  readonly length: number
  at(char: number): number
}

function findCharStarts(text: string): CharStarts {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return { length: text.length, at: char => char }
  const starts: number[] = []
  let at = 0
  for (const char of text) {
    starts.push(at)
    at += char.length
  }
  return { length: starts.length, at: char => starts[char] ?? text.length }
}
