import type { MaskContext } from '../mask/index.ts'
import type { ChatTemplate } from '../template/index.ts'
import type { Encoded, Tokenizer } from '../tokenizer/index.ts'

/** What looks like a control token: `<|im_end|>`, `<|turn>`, `</s>`, `[/INST]`, `[|user|]`, `<start_of_turn>`. */
const MARKERS =
  /<[|｜][^<>\s]{1,40}>|<[^<>\s]{1,40}[|｜]>|<\/?[a-z][\w:]{0,30}>|<[A-Z]+_\d+>|\[\/?[A-Z][A-Z_]{1,20}\]|\[\|[^[\]\s]{1,40}\|\]/g

/**
 * A context for a template without a tokenizer: what looks like a control token is one token, all else is characters, and a special token that the
 * template writes by its name (`eos_token`) is written as that name. Ids mean nothing. Of what stops generation nothing is known but `eos_token`.
 */
export function makeStandIn(templates: readonly ChatTemplate[]): MaskContext {
  const names = new Set(templates.flatMap(({ readNames }) => [...readNames]))
  const specialTokens = Object.fromEntries(
    [...names].filter(name => name.endsWith('_token')).map(name => [name, `<${name}>`]),
  )
  const markers = new Set([
    ...Object.values(specialTokens),
    ...templates.flatMap(({ source }) => source.match(MARKERS) ?? []),
  ])
  const tokenizer = new MarkerTokenizer([...markers])
  const eos = specialTokens['eos_token']
  return {
    tokenizer,
    templates,
    specialTokens,
    stopIds: new Set(eos === undefined ? [] : [tokenizer.tokenToId(eos)!]),
  }
}

/** Markers have the first ids; behind them each character has its code point. */
class MarkerTokenizer implements Tokenizer {
  readonly #markers: readonly string[]
  readonly #ids: ReadonlyMap<string, number>
  readonly #pattern: RegExp

  constructor(markers: readonly string[]) {
    this.#markers = markers
    this.#ids = new Map(markers.map((marker, m) => [marker, m]))
    // The longest first, as one may begin with another.
    const sorted = [...markers].sort((a, b) => b.length - a.length).map(toPattern)
    this.#pattern = new RegExp(sorted.length === 0 ? '(?!)' : sorted.join('|'), 'g')
  }

  /** Of its markers: who lists a vocabulary looks for those. */
  get vocabSize(): number {
    return this.#markers.length
  }

  encode(text: string): Encoded {
    const ids: number[] = []
    const starts: number[] = []
    const add = (id: number, start: number): void => {
      ids.push(id)
      starts.push(start)
    }
    let at = 0
    const addLetters = (end: number): void => {
      while (at < end) {
        const code = text.codePointAt(at)!
        add(this.vocabSize + code, at)
        at += code > 0xffff ? 2 : 1
      }
    }
    for (const { 0: marker, index } of text.matchAll(this.#pattern)) {
      addLetters(index)
      add(this.#ids.get(marker)!, index)
      at = index + marker.length
    }
    addLetters(text.length)
    const ends = [...starts.slice(1), text.length]
    return {
      text,
      ids: Int32Array.from(ids),
      starts: Int32Array.from(starts),
      ends: Int32Array.from(ids.length === 0 ? [] : ends),
    }
  }

  decode(ids: ArrayLike<number>): string {
    return Array.from(ids, id => this.idToToken(id) ?? '').join('')
  }

  tokenToId(token: string): number | undefined {
    const code = token.codePointAt(0)
    return this.#ids.get(token) ?? (code === undefined ? undefined : this.vocabSize + code)
  }

  idToToken(id: number): string | undefined {
    return id < this.vocabSize ? this.#markers[id] : String.fromCodePoint(id - this.vocabSize)
  }

  isSpecial(id: number): boolean {
    return this.isAdded(id) && !this.#isTag(this.#markers[id]!)
  }

  /** What is opened and closed (`<tool_call>`, `</tool_call>`) is a token, and no control token. */
  #isTag(marker: string): boolean {
    const name = /^<\/?([a-z][\w:]+)>$/.exec(marker)?.[1]
    return name !== undefined && this.#ids.has(`<${name}>`) && this.#ids.has(`</${name}>`)
  }

  isAdded(id: number): boolean {
    return id < this.vocabSize
  }
}

function toPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
