import type { Source } from '../rendered.ts'
import {
  ItemOrigin,
  KeyOrigin,
  Literal,
  type Origin,
  TurnMark,
  UnionOrigin,
  WholeOrigin,
} from '../values/origin.ts'
import { leavesOf, Str } from '../values/str.ts'
import type { Variables } from '../variables.ts'
import { extendPath, toSource, type Way } from './path.ts'
import { VariableTree } from './variable-tree.ts'
import { doOverlap, entriesOf, isContainer, type Ways, walk } from './walk.ts'

/** What a template was given: all that text can come from. */
export interface Given {
  readonly messages: readonly unknown[]
  /** What is looked up here has the variables themselves as its owner. */
  readonly variables: Variables
}

/** Tells sources of origins: finds a list or dict of the data by its identity. */
export class SourceFinder {
  readonly #given: Given
  readonly #messages: ReadonlyMap<unknown, number>
  /** Where the rest lies; made when the first list or dict is asked for that is no message itself. */
  #places: { readonly messages: Ways; readonly trees: readonly VariableTree[] } | undefined
  /** The sources of the messages' own items, by message. */
  readonly #ofMessages: { readonly key: unknown; readonly source: Source | undefined }[][] = []
  readonly #sources: Map<object, Map<unknown, Source | undefined>> = new Map()
  /** Whether some list or dict lies in two places of the data: then identity does not tell which was read. */
  #hasShared: boolean

  constructor(given: Given) {
    this.#given = given
    this.#messages = new Map(given.messages.map((message, m) => [message, m]))
    this.#hasShared = this.#messages.size < given.messages.length
  }

  get hasShared(): boolean {
    return this.#hasShared
  }

  /** The source of an origin; undefined for what was made of no text. */
  find(origin: Origin): Source | undefined {
    if (origin === undefined || origin instanceof TurnMark) return undefined
    if (origin instanceof Literal) return origin.source
    if (origin instanceof ItemOrigin) return this.findItem(origin.owner, origin.key)
    if (origin instanceof KeyOrigin) return this.findItem(origin.owner, origin.key)
    if (origin instanceof WholeOrigin) {
      const { value } = origin
      return this.#treeOf(value)?.sourceOf(value) ?? toUnion(this.#whole(value))
    }
    return toUnion(this.#parts(origin))
  }

  /** The sources of a union's parts; it may be as deep as a loop made it. */
  #parts(union: UnionOrigin): Source[] {
    const sources: Source[] = []
    const waiting: Origin[] = [union]
    for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
      if (next instanceof UnionOrigin) waiting.push(next.right, next.left)
      else add(sources, this.find(next))
    }
    return sources
  }

  /** The source of an item of a list or dict. */
  findItem(owner: object, key: unknown): Source | undefined {
    const message = this.#messages.get(owner)
    return message === undefined ? this.#itemElsewhere(owner, key) : this.#itemOf(message, owner, key)
  }

  #itemOf(message: number, owner: object, key: unknown): Source | undefined {
    this.#ofMessages[message] ??= []
    const known = this.#ofMessages[message]
    // A message has few keys that are written.
    for (let i = 0; i < known.length; i++) if (known[i]!.key === key) return known[i]!.source
    const source = toSource(extendPath({ message, path: '' }, key, owner))
    known.push({ key, source })
    return source
  }

  #itemElsewhere(owner: object, key: unknown): Source | undefined {
    let known = this.#sources.get(owner)
    if (known === undefined) {
      known = this.#treeOf(owner)?.sourcesOf(owner) ?? new Map<unknown, Source | undefined>()
      this.#sources.set(owner, known)
    }
    let source = known.get(key)
    if (source === undefined && !known.has(key)) {
      source = this.#makeItem(owner, key)
      known.set(key, source)
    }
    return source
  }

  #makeItem(owner: object, key: unknown): Source | undefined {
    const way = this.#wayTo(owner)
    return way === undefined ? undefined : toSource(extendPath(way, key, owner))
  }

  #wayTo(owner: object): Way | undefined {
    const message = this.#messages.get(owner)
    if (message !== undefined) return { message, path: '' }
    if (owner === this.#given.variables) return { variables: true }
    return this.#walk().messages.get(owner) ?? this.#treeOf(owner)?.ways.get(owner)
  }

  /** The variable that a list or dict lies in; undefined for those of the messages. */
  #treeOf(owner: object): VariableTree | undefined {
    if (owner === this.#given.variables || this.#messages.has(owner)) return undefined
    const { messages, trees } = this.#walk()
    return messages.has(owner) ? undefined : trees.find(({ ways }) => ways.has(owner))
  }

  #walk(): { readonly messages: Ways; readonly trees: readonly VariableTree[] } {
    if (this.#places !== undefined) return this.#places
    const { messages: list, variables } = this.#given
    const { ways: messages, hasShared } = walk(
      list.map((value, message) => ({ value, way: { message, path: '' } })),
    )
    const trees: VariableTree[] = []
    for (const [name, value] of variables.entries()) {
      if (value !== list && isContainer(value)) trees.push(VariableTree.of(name, value))
    }
    const all = [messages, ...trees.map(({ ways }) => ways)]
    this.#hasShared ||= hasShared || trees.some(tree => tree.hasShared) || doOverlap(all)
    this.#places = { messages, trees }
    return this.#places
  }

  /** Sources of a whole list or dict: itself where it is one thing of the data, else those of what it holds. */
  #whole(value: object): Source[] {
    if (value === this.#given.messages) {
      return this.#given.messages.flatMap(message => (isContainer(message) ? this.#whole(message) : []))
    }
    const way = this.#wayTo(value)
    if (way !== undefined && !('message' in way && way.path === '')) {
      const source = toSource(way)
      return source === undefined ? [] : [source]
    }
    const sources: Source[] = []
    for (const [key, item] of entriesOf(value)) {
      if (item instanceof Str) for (const leaf of leavesOf(item)) add(sources, this.find(leaf.origin))
      else if (way === undefined && isContainer(item)) for (const one of this.#whole(item)) add(sources, one)
      else if (way !== undefined) add(sources, this.findItem(value, key))
    }
    return sources
  }
}

function add(sources: Source[], source: Source | undefined): void {
  if (source === undefined) return
  if (source.kind === 'union') for (const one of source.sources) add(sources, one)
  else if (!sources.some(one => isSameSource(one, source))) sources.push(source)
}

function isSameSource(a: Source, b: Source): boolean {
  if (a === b) return true
  if (a.kind === 'message' && b.kind === 'message') return a.message === b.message && a.path === b.path
  return a.kind === 'variable' && b.kind === 'variable' && a.name === b.name && a.path === b.path
}

function toUnion(sources: readonly Source[]): Source | undefined {
  return sources.length > 1 ? { kind: 'union', sources } : sources[0]
}
