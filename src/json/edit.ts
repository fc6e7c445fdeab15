import { parseJson } from './parse.ts'

/** The way to a value: keys of objects, indexes of lists. It may lead on through a string that holds JSON itself. */
export type JsonPath = readonly (string | number)[]

export type JsonEdit =
  /** Puts another value, as JSON, in the place of the one that is there. */
  | { readonly kind: 'value'; readonly path: JsonPath; readonly text: string }
  /** Adds a key to an object that lacks it, as its last. */
  | { readonly kind: 'added'; readonly path: JsonPath; readonly text: string }
  /** Gives a key of an object another name; it stays where it is. */
  | { readonly kind: 'key'; readonly path: JsonPath; readonly key: string }

/** What an edit did, as JSON: the value, or the key with its value. What is added was null before: columns have no other way to lack it. */
export interface JsonChange {
  readonly path: JsonPath
  readonly before: string
  readonly after: string
}

/**
 * Edits JSON as a text: what no edit is about keeps its characters, the order of its keys and its white space. Of equal keys the last is
 * edited, which is the one that counts.
 *
 * @param text JSON that {@link parseJson} reads
 * @throws RangeError for a path that leads nowhere
 */
export function editJson(
  text: string,
  edits: readonly JsonEdit[],
): { readonly text: string; readonly changes: readonly JsonChange[] } {
  const root: Node = { edits: [], children: new Map() }
  for (const edit of edits) addEdit(root, edit)
  const splices: Splice[] = []
  const changes: JsonChange[] = []
  visit({ text, splices, changes }, skipSpace(text, 0), root, [])
  return { text: splice(text, splices), changes }
}

interface Node {
  readonly edits: JsonEdit[]
  readonly children: Map<string | number, Node>
}

interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

interface Work {
  readonly text: string
  readonly splices: Splice[]
  readonly changes: JsonChange[]
}

interface Entry {
  /** Where the key stands; undefined for an item of a list. */
  readonly key: { readonly start: number; readonly end: number } | undefined
  readonly start: number
  readonly end: number
}

function addEdit(root: Node, edit: JsonEdit): void {
  let node = root
  for (const step of edit.path) {
    const next = node.children.get(step) ?? { edits: [], children: new Map() }
    node.children.set(step, next)
    node = next
  }
  node.edits.push(edit)
}

function visit(work: Work, start: number, node: Node, path: JsonPath): void {
  const { text, splices, changes } = work
  if (node.children.size === 0) return
  if (text[start] === '"') {
    const end = skipValue(text, start)
    const inner = editInner(parseJson(text.slice(start, end)) as string, node, path)
    for (const change of inner.changes) changes.push(change)
    splices.push({ start, end, text: JSON.stringify(inner.text) })
    return
  }
  const entries = findEntries(text, start, node.children)
  for (const [step, child] of node.children) {
    const entry = entries.get(step)
    const childPath = [...path, step]
    if (entry === undefined) {
      addKey(work, start, child, childPath)
      continue
    }
    for (const edit of child.edits) applyEdit(work, entry, edit, childPath)
    visit(work, entry.start, child, childPath)
  }
}

function addKey({ text, splices, changes }: Work, start: number, { edits }: Node, path: JsonPath): void {
  const added = edits.find(({ kind }) => kind === 'added')
  if (added?.kind !== 'added' || text[start] !== '{')
    throw new RangeError(`${JSON.stringify(path)} leads nowhere`)
  const isEmpty = text[skipSpace(text, start + 1)] === '}'
  const at = skipValue(text, start) - 1
  const entry = `${JSON.stringify(path.at(-1))}: ${added.text}`
  splices.push({ start: at, end: at, text: isEmpty ? entry : `, ${entry}` })
  changes.push({ path, before: 'null', after: added.text })
}

/** A string that holds JSON. */
function editInner(text: string, { children }: Node, path: JsonPath): ReturnType<typeof editJson> {
  const splices: Splice[] = []
  const changes: JsonChange[] = []
  visit({ text, splices, changes }, skipSpace(text, 0), { edits: [], children }, path)
  return { text: splice(text, splices), changes }
}

function applyEdit({ text, splices, changes }: Work, entry: Entry, edit: JsonEdit, path: JsonPath): void {
  const { key, start, end } = entry
  const value = text.slice(start, end)
  if (edit.kind !== 'key') {
    splices.push({ start, end, text: edit.text })
    changes.push({ path, before: value, after: edit.text })
    return
  }
  if (key === undefined) throw new RangeError(`${JSON.stringify(path)} has no name`)
  const name = JSON.stringify(edit.key)
  splices.push({ ...key, text: name })
  changes.push({ path, before: text.slice(key.start, end), after: `${name}${text.slice(key.end, end)}` })
}

/** The wanted entries of the object or the list that starts at a place. */
function findEntries(
  text: string,
  start: number,
  wanted: ReadonlyMap<string | number, unknown>,
): ReadonlyMap<string | number, Entry> {
  const found = new Map<string | number, Entry>()
  const isObject = text[start] === '{'
  if (!isObject && text[start] !== '[') return found
  let at = skipSpace(text, start + 1)
  for (let index = 0; text[at] !== '}' && text[at] !== ']' && at < text.length; index++) {
    const key = isObject ? { start: at, end: skipString(text, at) } : undefined
    const valueStart = key === undefined ? at : skipSpace(text, skipSpace(text, key.end) + 1)
    const end = skipValue(text, valueStart)
    const step = key === undefined ? index : (parseJson(text.slice(key.start, key.end)) as string)
    if (wanted.has(step)) found.set(step, { key, start: valueStart, end })
    at = skipSpace(text, end)
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return found
}

function skipSpace(text: string, start: number): number {
  let at = start
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return at
}

/** Behind the quote that ends the string. */
function skipString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at)
    if (at < 0) return text.length
    let slash = at
    while (text[slash - 1] === '\\') slash--
    if ((at - slash) % 2 === 0) return at + 1
  }
}

function skipValue(text: string, start: number): number {
  if (text[start] === '"') return skipString(text, start)
  let depth = 0
  for (let at = start; at < text.length; ) {
    const unit = text[at]
    if (unit === '"') {
      at = skipString(text, at)
      continue
    }
    if (unit === '{' || unit === '[') depth++
    else if (unit === '}' || unit === ']') {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (depth === 0 && (unit === ',' || skipSpace(text, at) > at)) return at
    at++
  }
  return text.length
}

function splice(text: string, splices: readonly Splice[]): string {
  let edited = ''
  let at = 0
  for (const { start, end, text: inserted } of [...splices].sort((a, b) => a.start - b.start)) {
    edited += text.slice(at, start) + inserted
    at = end
  }
  return edited + text.slice(at)
}
