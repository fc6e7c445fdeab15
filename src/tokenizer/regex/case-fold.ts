import { categoryRanges } from '../unicode/index.ts'
import { has, type RangeSet, toClassSource, toRangeSet, union } from './range-set.ts'

/** Code points that differ in case from another one, made when first needed. */
let cased: readonly number[] | undefined
/** Two characters that begin what one character stands for when case is ignored (`ss` of ß), and those characters. */
let multiple: { readonly pairs: ReadonlySet<string>; readonly characters: RangeSet } | undefined

/** A set with all that differs from its members in case only. */
export function ignoreCase(set: RangeSet): RangeSet {
  const expression = new RegExp(toClassSource(set), 'iu')
  const partners = casedCodes().filter(code => expression.test(String.fromCodePoint(code)))
  return union(set, toRangeSet(partners.map(code => [code, code])))
}

/** Whether Oniguruma would match these two characters to a single one (`ss` to ß) when it ignores case. */
export function foldsTogether(first: string, second: string): boolean {
  return multipleFolds().pairs.has((first + second).toLowerCase())
}

/** Whether the set holds a character that is several when its case is ignored. */
export function hasMultipleFold(set: RangeSet): boolean {
  return multipleFolds().characters.some(([code]) => has(set, code))
}

function casedCodes(): readonly number[] {
  cased ??= ['Lu', 'Ll', 'Lt', 'Mn', 'Nl', 'So']
    .flatMap(name => categoryRanges(name))
    .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
    .filter(code => {
      const char = String.fromCodePoint(code)
      return char.toLowerCase() !== char || char.toUpperCase() !== char
    })
  return cased
}

function multipleFolds() {
  if (multiple !== undefined) return multiple
  const pairs = new Set<string>()
  const characters: [number, number][] = []
  for (const code of casedCodes()) {
    const folded = String.fromCodePoint(code).toUpperCase().toLowerCase()
    const [first, second] = folded
    if (second === undefined || [...folded].length === 1) continue
    pairs.add(`${first}${second}`)
    characters.push([code, code])
  }
  multiple = { pairs, characters: toRangeSet(characters) }
  return multiple
}
