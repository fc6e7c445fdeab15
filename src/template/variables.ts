import type { Message } from '../conversation/index.ts'
import type { Json } from '../json/index.ts'
import { isPlainObject } from './operations/dict.ts'

/** Values by name. */
export type Layer = Readonly<Record<string, Json>>

/** What every template is given. */
export interface BaseVariables {
  readonly messages: readonly Message[]
  readonly tools: Json
  readonly documents: Json
  readonly add_generation_prompt: boolean
}

/** The names of {@link BaseVariables}. */
export const BASE_NAMES: readonly string[] = ['messages', 'tools', 'documents', 'add_generation_prompt']

const NO_LAYER: Layer = {}

/**
 * The variables that a template is given, one layer over the other. They are looked up where they lie: to put them all in a table would
 * cost more than a rendering asks for.
 */
export class Variables implements BaseVariables, Iterable<readonly [string, Json]> {
  readonly messages: readonly Message[]
  readonly tools: Json
  readonly documents: Json
  readonly add_generation_prompt: boolean
  /** From the strongest to the weakest; all of them plain objects, and over what every template is given. */
  readonly first: Layer
  readonly second: Layer
  readonly third: Layer

  constructor(base: BaseVariables, [first, second, third]: readonly (Layer | undefined)[]) {
    this.messages = base.messages
    this.tools = base.tools
    this.documents = base.documents
    this.add_generation_prompt = base.add_generation_prompt
    this.first = toLayer(first)
    this.second = toLayer(second)
    this.third = toLayer(third)
  }

  /** The value of a name; undefined where it has none. */
  get(name: string): Json | undefined {
    let value = ownOf(this.first, name)
    if (value === undefined) value = ownOf(this.second, name)
    if (value === undefined) value = ownOf(this.third, name)
    return value === undefined ? this.base(name) : value
  }

  /** What every template is given under a name, and no layer replaces. */
  base(name: string): Json | undefined {
    switch (name) {
      case 'messages':
      case 'tools':
      case 'documents':
      case 'add_generation_prompt':
        return this[name]
      default:
        return undefined
    }
  }

  *[Symbol.iterator](): Iterator<readonly [string, Json]> {
    const layers = [this.third, this.second, this.first].flatMap(layer => Object.keys(layer))
    for (const name of new Set([...BASE_NAMES, ...layers])) {
      const value = this.get(name)
      if (value !== undefined) yield [name, value]
    }
  }
}

function toLayer(layer: Layer | undefined): Layer {
  if (layer === undefined) return NO_LAYER
  return isPlainObject(layer) ? (layer as Layer) : { ...(layer as Layer) }
}

function ownOf(layer: Layer, name: string): Json | undefined {
  return layer !== NO_LAYER && Object.hasOwn(layer, name) ? layer[name] : undefined
}
