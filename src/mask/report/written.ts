import type { MessageField, Source } from '../../template/index.ts'

type MessageSource = Extract<Source, { kind: 'message' }>
type UnionSource = Extract<Source, { kind: 'union' }>

const FIELDS: readonly MessageField[] = [
  'content',
  'reasoning',
  'tool_calls',
  'role',
  'name',
  'tool_call_id',
  'other',
]

/** How much of each field of each message is in a text. */
export class Written {
  /** By number, message after message: a key of text would be made for every piece. */
  readonly #chars: Map<number, number> = new Map()

  add({ message, field }: MessageSource, chars: number): void {
    const key = toKey(message, field)
    this.#chars.set(key, (this.#chars.get(key) ?? 0) + chars)
  }

  /** What was made from several: all of each counts as written. */
  addAll({ sources }: UnionSource): void {
    for (const source of sources) {
      if (source.kind === 'union') this.addAll(source)
      else if (source.kind === 'message') this.add(source, Number.POSITIVE_INFINITY)
    }
  }

  charsOf(m: number, field: MessageField): number {
    return this.#chars.get(toKey(m, field)) ?? 0
  }

  /** Whether any piece is of the field, be it white space. */
  has(m: number, field: MessageField): boolean {
    return this.#chars.has(toKey(m, field))
  }
}

function toKey(message: number, field: MessageField): number {
  return message * FIELDS.length + FIELDS.indexOf(field)
}
