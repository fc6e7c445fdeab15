import { foldsTogether, hasMultipleFold, ignoreCase } from './case-fold.ts'
import { readClass } from './char-class.ts'
import { readEscape } from './escapes.ts'
import { wordRanges } from './properties.ts'
import { complement, type RangeSet, toClassSource, writeCode } from './range-set.ts'
import { Untranslatable } from './untranslatable.ts'

/**
 * The JavaScript regular expression (flags g, u) that matches what Oniguruma matches, in the syntax and Unicode with which the
 * `tokenizers` package uses it. Classes are spelled out as ranges, as the engine's `\p{…}`, `\s` and `\w` are of another Unicode.
 *
 * @throws Untranslatable for what JavaScript lacks or does otherwise: back references, recursion, conditionals, `\G`, `\K`, …
 */
export function translateRegex(source: string): RegExp {
  const translator = new Translator(source)
  return new RegExp(translator.translate(), 'gu')
}

interface Options {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly extended: boolean
  readonly inLookbehind: boolean
}

/** A piece of the translation that a quantifier can follow, or not (an assertion). */
interface Term {
  readonly source: string
  readonly isAssertion: boolean
  /** The character, where it is a literal: two of them may fold together. */
  readonly literal?: string
}

const NO_OPTIONS: Options = { ignoreCase: false, dotAll: false, extended: false, inLookbehind: false }
const GROUPS = ['(?:', '(?=', '(?!', '(?<=', '(?<!', '(?>'] as const
const LINE_BREAKS: RangeSet = [
  [0x0a, 0x0d],
  [0x85, 0x85],
  [0x2028, 0x2029],
]

class Translator {
  readonly #source: string
  #at = 0
  /** Atomic groups are captured in a look-ahead, which is atomic, and matched by reference. Other groups don't capture. */
  #captures = 0

  constructor(source: string) {
    this.#source = source
  }

  translate(): string {
    const translated = this.#readAlternatives(NO_OPTIONS)
    if (this.#at < this.#source.length) throw new Untranslatable('a ) without its (')
    return translated
  }

  /** Up to the `)` that ends the group, or the end. */
  #readAlternatives(options: Options): string {
    const alternatives = [this.#readSequence(options)]
    while (this.#take('|')) alternatives.push(this.#readSequence(options))
    return alternatives.join('|')
  }

  #readSequence(options: Options): string {
    let translated = ''
    let previous: string | undefined
    while (this.#at < this.#source.length && this.#peek() !== '|' && this.#peek() !== ')') {
      if (options.extended && this.#skipComment()) continue
      const term = this.#readTerm(options)
      if (term === undefined) continue
      const quantified = this.#readQuantifiers(term, options)
      if (
        options.ignoreCase &&
        previous !== undefined &&
        term.literal !== undefined &&
        foldsTogether(previous, term.literal)
      )
        throw new Untranslatable(
          `${previous}${term.literal} without regard to case, which may be one character`,
        )
      previous = quantified === term.source ? term.literal : undefined
      translated += quantified
    }
    return translated
  }

  #readTerm(options: Options): Term | undefined {
    const char = this.#peek()
    if (char === '(') return this.#readGroup(options)
    if (char === '[') {
      const { set, end } = readClass(this.#source, this.#at + 1)
      this.#at = end
      return this.#ofSet(set, options)
    }
    if (char === '\\') return this.#readEscape(options)
    if (char === '.') {
      this.#at++
      return { source: options.dotAll ? '[^]' : '[^\\n]', isAssertion: false }
    }
    if (char === '^' || char === '$') {
      this.#at++
      return { source: char === '^' ? '(?:^|(?<=\\n)(?!$))' : '(?=\\n|$)', isAssertion: true }
    }
    if (/[*+?]/.test(char)) throw new Untranslatable(`${char} with nothing before it`)
    const code = this.#source.codePointAt(this.#at)!
    this.#at += code > 0xffff ? 2 : 1
    return this.#ofCode(code, options)
  }

  #readEscape(options: Options): Term {
    const found = readEscape(this.#source, this.#at)
    if (found !== undefined) {
      this.#at = found.end
      return found.code === undefined ? this.#ofSet(found.set, options) : this.#ofCode(found.code, options)
    }
    const char = this.#source[this.#at + 1]!
    this.#at += 2
    const word = toClassSource(wordRanges())
    switch (char) {
      case 'A':
        return { source: '^', isAssertion: true }
      case 'z':
        return { source: '$', isAssertion: true }
      case 'Z':
        return { source: '(?=\\n?$)', isAssertion: true }
      case 'b':
        return { source: `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`, isAssertion: true }
      case 'B':
        return { source: `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`, isAssertion: true }
      case 'R':
        return this.#atomic(`\\r\\n|${toClassSource(LINE_BREAKS)}`, options)
      default:
        throw new Untranslatable(`\\${char}`)
    }
  }

  #readGroup(options: Options): Term | undefined {
    if (this.#take('(?#')) {
      const end = this.#source.indexOf(')', this.#at)
      if (end < 0) throw new Untranslatable('a comment without its end')
      this.#at = end + 1
      return undefined
    }
    for (const opening of GROUPS) {
      if (!this.#take(opening)) continue
      const inLookbehind = options.inLookbehind || opening.startsWith('(?<')
      const inside = this.#closeGroup({ ...options, inLookbehind })
      if (opening === '(?>') return this.#atomic(inside, options)
      return { source: `${opening}${inside})`, isAssertion: opening !== '(?:' }
    }
    const flags = /^\(\?([imx]*)(?:-([imx]+))?([:)])/.exec(this.#source.slice(this.#at, this.#at + 12))
    if (flags !== null) return this.#readFlags(flags, options)
    const named = /^\(\?<[A-Za-z_]\w*>/.exec(this.#source.slice(this.#at))
    if (named === null && this.#source.startsWith('(?', this.#at))
      throw new Untranslatable(this.#source.slice(this.#at, this.#at + 4))
    this.#at += named?.[0].length ?? 1
    return { source: `(?:${this.#closeGroup(options)})`, isAssertion: false }
  }

  /** `(?i:…)`, or `(?i)` for the rest of the group. */
  #readFlags([text, on, off, mark]: RegExpExecArray, options: Options): Term {
    this.#at += text!.length
    const isOn = (flag: string, now: boolean) => (on!.includes(flag) || now) && !off?.includes(flag)
    const changed = {
      ...options,
      ignoreCase: isOn('i', options.ignoreCase),
      dotAll: isOn('m', options.dotAll),
      extended: isOn('x', options.extended),
    }
    const inside = mark === ':' ? this.#closeGroup(changed) : this.#readAlternatives(changed)
    return { source: `(?:${inside})`, isAssertion: mark === ')' }
  }

  #closeGroup(options: Options): string {
    const inside = this.#readAlternatives(options)
    if (!this.#take(')')) throw new Untranslatable('a group without its end')
    return inside
  }

  /** All that follow one another: in Oniguruma `a{2}+` is `(?:a{2})+`, and `a{2}?` is `(?:a{2})?`. */
  #readQuantifiers(term: Term, options: Options): string {
    let { source } = term
    for (let isFirst = true; ; isFirst = false) {
      if (options.extended) while (this.#skipComment());
      const match = /^(?:[*+?]|\{(\d*)(,?)(\d*)\})/.exec(this.#source.slice(this.#at, this.#at + 24))
      if (match === null || match[0] === '{}' || match[0] === '{,}') return source
      if (term.isAssertion) throw new Untranslatable('an assertion that is repeated')
      this.#at += match[0].length
      const isInterval = match[0].startsWith('{')
      const count = isInterval ? toInterval(match) : match[0]
      const isFixed = isInterval && match[2] === ''
      const isLazy = !isFixed && this.#take('?')
      const isPossessive = !isInterval && !isLazy && this.#take('+')
      const repeated = repeat(isFirst ? source : `(?:${source})`, count, isLazy)
      source = isPossessive ? this.#atomic(repeated, options).source : repeated
    }
  }

  #atomic(inside: string, options: Options): Term {
    // The engine runs look-behinds from right to left, where the reference comes before its group.
    if (options.inLookbehind) throw new Untranslatable('an atomic group in a look-behind')
    const name = `a${++this.#captures}`
    return { source: `(?:(?=(?<${name}>${inside}))\\k<${name}>)`, isAssertion: false }
  }

  #ofCode(code: number, options: Options): Term {
    const literal = String.fromCodePoint(code)
    if (!options.ignoreCase) return { source: writeCode(code), isAssertion: false, literal }
    return { ...this.#ofSet([[code, code]], options), literal }
  }

  #ofSet(set: RangeSet, options: Options): Term {
    if (!options.ignoreCase) return { source: toClassSource(set), isAssertion: false }
    // A class that leaves such a character out is written as all others.
    if (hasMultipleFold(set) && hasMultipleFold(complement(set)))
      throw new Untranslatable('a character that is several without regard to case')
    return { source: toClassSource(ignoreCase(set)), isAssertion: false }
  }

  #skipComment(): boolean {
    const match = /^(?:\s+|#[^\n]*\n?)/.exec(this.#source.slice(this.#at))
    if (match === null) return false
    this.#at += match[0].length
    return true
  }

  #peek(): string {
    return this.#source[this.#at] ?? ''
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }
}

/** Something with a quantifier. JavaScript goes back on a repetition that matched nothing, Oniguruma goes on behind it. */
function repeat(source: string, count: string, isLazy: boolean): string {
  if (!mayMatchNothing(source)) return `${source}${count}${isLazy ? '?' : ''}`
  if (count === '?') return isLazy ? `(?:|${source})` : `(?:${source}|)`
  throw new Untranslatable('a repetition of what may be nothing')
}

/** Only groups may; whether one with an assertion in it does is not looked into. */
function mayMatchNothing(source: string): boolean {
  if (!source.startsWith('(')) return false
  const assertions = source.replace(/\(\?=\(\?<a\d+>/g, '')
  return /\(\?(?:[=!]|<[=!])/.test(assertions) || new RegExp(`^${source}$`, 'u').test('')
}

function toInterval([, low, comma, high]: RegExpExecArray): string {
  const least = low === '' ? '0' : low!
  if (comma === '') return `{${least}}`
  if (high !== '' && Number(high) < Number(least)) throw new Untranslatable(`{${low},${high}}`)
  return `{${least},${high}}`
}
