import type { Json } from '../json/index.ts'
import { getField, hasValue, isFields, isList } from './fields.ts'
import type { Report } from './format.ts'
import { joinWords, nameValue, rowError } from './row-error.ts'
import { parseToolCall } from './tool-calls.ts'

/** Types of parts that published templates and OpenAI's format know. What a template makes of them is its own matter. */
const PART_TYPES: ReadonlySet<string> = new Set([
  'text',
  'image',
  'image_url',
  'video',
  'video_url',
  'audio',
  'audio_url',
  'input_audio',
  'file',
  'document',
  'refusal',
  'thinking',
])
const PART_FIX = 'Write {"type": "text", "text": …}, or the content as one string.'

/** Checks content that is a string or a list of typed parts; both stay as they are. */
export function checkContent(content: Json, where: string): void {
  if (typeof content === 'string') return
  if (!isList(content)) {
    const what = `is ${nameValue(content)}; expected a string or a list of parts`
    throw rowError('content-type', where, what, 'Write the text as a string.')
  }
  content.forEach((part, i) => {
    checkPart(part, `${where}[${i}]`)
  })
}

function checkPart(part: Json, where: string): void {
  if (!isFields(part)) {
    throw rowError('part-type', where, `is ${nameValue(part)}; expected a part with a type`, PART_FIX)
  }
  const type = getField(part, 'type')
  if (typeof type !== 'string' || !PART_TYPES.has(type)) {
    const what = `is ${nameValue(type)}; expected ${joinWords([...PART_TYPES])}`
    throw rowError('part-type', `${where}.type`, what, PART_FIX)
  }
  const text = getField(part, 'text')
  if (type === 'text' && typeof text !== 'string') {
    throw rowError('part-text', `${where}.text`, `is ${nameValue(text)}; expected a string`, PART_FIX)
  }
}

/** What the parts of LLaMA-Factory v1 become. */
export interface SplitContent {
  readonly content: string
  readonly reasoning: string | undefined
  readonly calls: readonly Json[]
}

/** LLaMA-Factory v1 writes `{type, value}`, where OpenAI writes `{type: 'text', text}`. */
export function hasValueParts(content: Json | undefined): content is readonly Json[] {
  return isList(content) && content.some(part => isFields(part) && hasValue(part, 'value'))
}

const VALUE_TYPES = ['reasoning', 'text', 'tool_call']

/** Sorts the parts of LLaMA-Factory v1 into content, reasoning and calls; several of one type are joined, as there. */
export function splitValueParts(parts: readonly Json[], where: string, report: Report): SplitContent {
  const texts: string[] = []
  const reasoning: string[] = []
  const calls: Json[] = []
  let reordered = false
  let before = 0
  parts.forEach((part, i) => {
    const place = `${where}[${i}]`
    const { type, value } = readValuePart(part, place)
    if (type === 0) reasoning.push(value)
    else if (type === 1) texts.push(value)
    else calls.push(parseToolCall(value, `${place}.value`, report))
    reordered ||= type < before
    before = type
  })
  if (reordered) {
    const text = `${where} mixes its parts; a template writes reasoning, then text, then tool calls.`
    report('content-altered', 'info', text)
  }
  return {
    content: texts.join(''),
    reasoning: reasoning.length === 0 ? undefined : reasoning.join(''),
    calls,
  }
}

function readValuePart(part: Json, where: string): { type: number; value: string } {
  const fix = 'Write {"type": "text", "value": …}.'
  if (!isFields(part)) {
    throw rowError('part-type', where, `is ${nameValue(part)}; expected a part with a type`, fix)
  }
  const name = getField(part, 'type')
  const type = VALUE_TYPES.indexOf(typeof name === 'string' ? name : '')
  if (type < 0) {
    const what = `is ${nameValue(name)}; expected ${joinWords(VALUE_TYPES)}`
    throw rowError('part-type', `${where}.type`, what, fix)
  }
  const value = getField(part, 'value')
  if (typeof value !== 'string') {
    throw rowError('part-text', `${where}.value`, `is ${nameValue(value)}; expected a string`, fix)
  }
  return { type, value }
}
