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
export class Variables implements BaseVariables {
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

  /** All names with their values; those that every template is given come first. */
  entries(): (readonly [string, Json])[] {
    const names = [...BASE_NAMES]
    for (const layer of [this.third, this.second, this.first]) {
      for (const name of Object.keys(layer)) if (!names.includes(name)) names.push(name)
    }
    const entries: [string, Json][] = []
    for (const name of names) {
      const value = this.get(name)
      if (value !== undefined) entries.push([name, value])
    }
    return entries
  }
}

function toLayer(layer: Layer | undefined): Layer {
  if (layer === undefined) return NO_LAYER
  return isPlainObject(layer) ? (layer as Layer) : { ...(layer as Layer) }
}

function ownOf(layer: Layer, name: string): Json | undefined {
  return layer !== NO_LAYER && Object.hasOwn(layer, name) ? layer[name] : undefined
}
