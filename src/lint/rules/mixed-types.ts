import type { Json } from '../../json/index.ts'
import { assistant, CHATML_TOOLS, call, chat, GOOD, user } from '../example.ts'
import { entriesOf, fieldOf, itemsOf } from '../fields.ts'
import type { SetRule } from '../rule.ts'

interface State {
  /** Path → type → rows, and the first place. */
  readonly types: Map<string, Map<string, { rows: number; first: string }>>
}

/** Of a file with ever new keys the first are watched. */
const MAX_PATHS = 500

export const mixedTypes: SetRule<State> = {
  kind: 'set',
  name: 'mixed-types',
  severity: 'warn',
  trigger: 'A field has several JSON types over the rows.',
  effect:
    'Arrow and Parquet can’t hold it, and templates write one of the types differently: as a Python list, or encoded twice.',
  fix: 'Write the field the same way in all rows.',
  needs: ['rows'],
  wrong: {
    rows: [
      chat(user('Tide at Brest?'), assistant('', call({ port: 'Brest' }))),
      chat(user('And at Dover?'), assistant('', call('{"port": "Dover"}'))),
    ],
    template: CHATML_TOOLS,
  },
  right: { rows: [GOOD, GOOD] },
  start: () => ({ types: new Map() }),
  add({ types }, { row, where }) {
    const seen = new Set<string>()
    for (const [path, type] of listTypes(row)) {
      const key = `${path} ${type}`
      if (seen.has(key)) continue
      seen.add(key)
      count(types, path, type, { rows: 1, first: where })
    }
  },
  merge(into, from) {
    for (const [path, types] of from.types)
      for (const [type, counted] of types) count(into.types, path, type, counted)
  },
  report({ types }) {
    return [...types].flatMap(([path, counts]) => {
      if (counts.size < 2) return []
      const sorted = [...counts].sort(([, a], [, b]) => b.rows - a.rows)
      const text = `${path} is ${sorted.map(([type, { rows }]) => `${type} in ${rows} rows`).join(', ')}.`
      const rare = sorted.slice(1)
      const rows = rare.reduce((sum, [, { rows }]) => sum + rows, 0)
      return [
        {
          rule: 'mixed-types',
          severity: 'warn' as const,
          text,
          rows,
          places: rare.map(([, { first }]) => first),
        },
      ]
    })
  },
}

function count(
  types: State['types'],
  path: string,
  type: string,
  { rows, first }: { readonly rows: number; readonly first: string },
): void {
  if (!types.has(path) && types.size >= MAX_PATHS) return
  const counts = types.get(path) ?? new Map<string, { rows: number; first: string }>()
  types.set(path, counts)
  const known = counts.get(type)
  if (known === undefined) counts.set(type, { rows, first })
  else known.rows += rows
}

/** The columns of a row, the keys of its messages, and the arguments of calls. Null is absent. */
function* listTypes(row: Json): Generator<readonly [string, string]> {
  for (const [column, value] of entriesOf(row)) {
    yield* typeOf(column, value)
    if (column !== 'messages' && column !== 'conversations') continue
    for (const message of itemsOf(value)) {
      for (const [key, field] of entriesOf(message)) yield* typeOf(`${column}[].${key}`, field)
      for (const call of itemsOf(fieldOf(message, 'tool_calls')))
        yield* typeOf(
          `${column}[].tool_calls[].function.arguments`,
          fieldOf(fieldOf(call, 'function'), 'arguments'),
        )
    }
  }
}

function* typeOf(path: string, value: Json | undefined): Generator<readonly [string, string]> {
  if (value === undefined || value === null) return
  yield [
    path,
    Array.isArray(value)
      ? 'a list'
      : entriesOf(value).length > 0 || isPlainObject(value)
        ? 'an object'
        : nameOf(value),
  ]
}

function isPlainObject(value: Json): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value instanceof Map || Object.getPrototypeOf(value) === Object.prototype)
  )
}

function nameOf(value: Json): string {
  if (typeof value === 'string') return 'a string'
  return typeof value === 'boolean' ? 'true or false' : 'a number'
}
