import type { Json } from '../../json/index.ts'
import { assistant, CHATML_TOOLS, call, chat, user } from '../example.ts'
import { entriesOf, fieldOf, itemsOf } from '../fields.ts'
import type { SetRule } from '../rule.ts'

interface State {
  /** Path → rows in which the key is there, and rows in which it is always null. */
  readonly keys: Map<string, { rows: number; nulls: number; first: string }>
}

const MAX_PATHS = 2000
const SHARE = 0.9

export const addedNullKeys: SetRule<State> = {
  kind: 'set',
  name: 'added-null-keys',
  severity: 'warn',
  trigger: 'In Arrow or Parquet, a key in tools or in arguments is null in more than 90% of the rows.',
  effect:
    'Arrow gives every row the keys of all rows: the model sees, and learns to write, arguments that are null.',
  fix: 'Write tools and arguments as JSON strings, or store the rows as JSON lines.',
  needs: ['columnar'],
  wrong: {
    rows: Array.from({ length: 11 }, (_, i) =>
      chat(user('Tide?'), assistant('', call({ port: 'Brest', depth: i === 0 ? '4' : null }))),
    ),
    template: CHATML_TOOLS,
    facts: { isColumnar: true },
  },
  right: {
    rows: Array.from({ length: 11 }, () => chat(user('Tide?'), assistant('', call({ port: 'Brest' })))),
    template: CHATML_TOOLS,
    facts: { isColumnar: true },
  },
  start: () => ({ keys: new Map() }),
  add({ keys }, { row, where, facts }) {
    if (!facts.isColumnar) return
    const isNull = new Map<string, boolean>()
    for (const [path, value] of listKeys(row)) isNull.set(path, (isNull.get(path) ?? true) && value === null)
    for (const [path, always] of isNull) count(keys, path, { rows: 1, nulls: always ? 1 : 0, first: where })
  },
  merge(into, from) {
    for (const [path, counted] of from.keys) count(into.keys, path, counted)
  },
  report({ keys }) {
    return [...keys]
      .filter(([, { rows, nulls }]) => nulls > SHARE * rows)
      .map(([path, { rows, nulls, first }]) => ({
        rule: 'added-null-keys',
        severity: 'warn' as const,
        text: `${path} is null in ${nulls} of ${rows} rows.`,
        rows: nulls,
        places: [first],
      }))
  },
}

function count(
  keys: State['keys'],
  path: string,
  { rows, nulls, first }: { readonly rows: number; readonly nulls: number; readonly first: string },
): void {
  const known = keys.get(path)
  if (known !== undefined) {
    known.rows += rows
    known.nulls += nulls
  } else if (keys.size < MAX_PATHS) keys.set(path, { rows, nulls, first })
}

function* listKeys(row: Json): Generator<readonly [string, Json]> {
  yield* walk('tools', fieldOf(row, 'tools'))
  for (const message of itemsOf(fieldOf(row, 'messages')))
    for (const call of itemsOf(fieldOf(message, 'tool_calls')))
      yield* walk('arguments', fieldOf(fieldOf(call, 'function'), 'arguments'))
}

function* walk(path: string, value: Json | undefined): Generator<readonly [string, Json]> {
  for (const item of itemsOf(value)) yield* walk(`${path}[]`, item)
  for (const [key, field] of entriesOf(value)) {
    yield [`${path}.${key}`, field]
    yield* walk(`${path}.${key}`, field)
  }
}
