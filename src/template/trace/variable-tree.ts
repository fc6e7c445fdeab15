import type { Source } from '../rendered.ts'
import { toSource } from './path.ts'
import { type Ways, walk } from './walk.ts'

/** What lies in one variable, and the sources of it: remembered by its identity, since the same tools come with every row. */
export class VariableTree {
  readonly name: string
  readonly ways: Ways
  /** Whether some list or dict lies in two places of it. */
  readonly hasShared: boolean
  readonly #items: Map<object, Map<unknown, Source | undefined>> = new Map()
  readonly #wholes: Map<object, Source | undefined> = new Map()

  private constructor(name: string, value: object) {
    const { ways, hasShared } = walk([{ value, way: { variable: name, path: '' } }])
    this.name = name
    this.ways = ways
    this.hasShared = hasShared
  }

  /** The tree of a variable's value, which must not change from now on. */
  static of(name: string, value: object): VariableTree {
    const known = KNOWN.get(value)
    if (known?.name === name) return known
    const tree = new VariableTree(name, value)
    KNOWN.set(value, tree)
    return tree
  }

  /** The sources of the items of a list or dict that were asked for so far, by their keys. */
  sourcesOf(owner: object): Map<unknown, Source | undefined> {
    let sources = this.#items.get(owner)
    if (sources === undefined) {
      sources = new Map()
      this.#items.set(owner, sources)
    }
    return sources
  }

  /** The source that a whole list or dict is. */
  sourceOf(value: object): Source | undefined {
    let source = this.#wholes.get(value)
    if (source === undefined) {
      source = toSource(this.ways.get(value)!)
      this.#wholes.set(value, source)
    }
    return source
  }
}

const KNOWN = new WeakMap<object, VariableTree>()
