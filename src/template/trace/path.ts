import type { MessageField, Source } from '../rendered.ts'

/** Where something lies in what a template was given. */
export type Way =
  | { readonly message: number; readonly field?: MessageField; readonly path: string }
  | { readonly variable: string; readonly path: string }
  /** The variables themselves. */
  | { readonly variables: true }

/** The way to an item of something; `owner` is what the item lies in. */
export function extendPath(way: Way, key: unknown, owner: object): Way {
  if ('variables' in way) return { variable: String(key), path: '' }
  const path = way.path + toSegment(key, way.path === '')
  if ('variable' in way) return { ...way, path }
  const field = way.field === undefined || way.path === '' ? fieldOf(key) : way.field
  const isReasoning = field === 'content' && isReasoningPart(owner)
  return { message: way.message, field: isReasoning ? 'reasoning' : field, path }
}

/** The source at the end of a way; undefined for the variables themselves. */
export function toSource(way: Way): Source | undefined {
  if ('variables' in way) return undefined
  if ('variable' in way) return { kind: 'variable', name: way.variable, path: way.path }
  return { kind: 'message', message: way.message, field: way.field ?? 'other', path: way.path }
}

/** `.name` or `[0]`, or `["any key"]`. */
function toSegment(key: unknown, isFirst: boolean): string {
  if (isFirst && FIELDS.has(key)) return key as string
  if (typeof key === 'number') return `[${key}]`
  const name = String(key)
  if (!isName(name)) return `[${JSON.stringify(name)}]`
  return isFirst ? name : `.${name}`
}

/** Names that were asked for: they are the same few all the time. */
const NAMES = new Map<string, boolean>()
const MOST_NAMES = 1000

function isName(key: string): boolean {
  let is = NAMES.get(key)
  if (is === undefined) {
    is = /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)
    if (NAMES.size === MOST_NAMES) NAMES.clear()
    NAMES.set(key, is)
  }
  return is
}

const FIELDS: ReadonlyMap<unknown, MessageField> = new Map<unknown, MessageField>([
  ['content', 'content'],
  ['reasoning_content', 'reasoning'],
  ['reasoning', 'reasoning'],
  ['thinking', 'reasoning'],
  ['tool_calls', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['role', 'role'],
  ['name', 'name'],
  ['tool_call_id', 'tool_call_id'],
])

function fieldOf(key: unknown): MessageField {
  return FIELDS.get(key) ?? 'other'
}

/** Whether a part of a message's content says that it is reasoning. */
function isReasoningPart(part: object): boolean {
  const type: unknown =
    part instanceof Map
      ? part.get('type')
      : Object.hasOwn(part, 'type')
        ? (part as { type: unknown }).type
        : undefined
  return type === 'thinking' || type === 'reasoning'
}
