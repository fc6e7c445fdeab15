import { type CodeRange, categoryRanges, crateRanges, WHITE_SPACE } from '../unicode/index.ts'
import { complement, intersection, type RangeSet, toRangeSet, union } from './range-set.ts'

const LONG_CATEGORIES: Readonly<Record<string, string>> = {
  letter: 'L', uppercaseletter: 'Lu', lowercaseletter: 'Ll', titlecaseletter: 'Lt', modifierletter: 'Lm', otherletter: 'Lo',
  mark: 'M', combiningmark: 'M', nonspacingmark: 'Mn', spacingmark: 'Mc', enclosingmark: 'Me',
  number: 'N', decimalnumber: 'Nd', letternumber: 'Nl', othernumber: 'No',
  punctuation: 'P', connectorpunctuation: 'Pc', dashpunctuation: 'Pd', openpunctuation: 'Ps', closepunctuation: 'Pe',
  initialpunctuation: 'Pi', finalpunctuation: 'Pf', otherpunctuation: 'Po',
  symbol: 'S', mathsymbol: 'Sm', currencysymbol: 'Sc', modifiersymbol: 'Sk', othersymbol: 'So',
  separator: 'Z', spaceseparator: 'Zs', lineseparator: 'Zl', paragraphseparator: 'Zp',
  other: 'C', control: 'Cc', format: 'Cf', surrogate: 'Cs', privateuse: 'Co', unassigned: 'Cn',
} // biome-ignore format: a table

const SHORT_CATEGORIES = new Map(
  'L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cn'
    .split(' ')
    .map(name => [name.toLowerCase(), name]),
)

const category = (name: string): RangeSet => toRangeSet(categoryRanges(name))
const lettersOfCase = (name: 'Lu' | 'Ll', property: string): RangeSet =>
  union(category(name), engineProperty(property))

const LATIN_NUMBERS: RangeSet = toRangeSet([0xb2, 0xb3, 0xb9, 0xbc, 0xbd, 0xbe].map(code => [code, code]))

/** What Oniguruma names without asking Unicode, `[[:alpha:]]` and mostly `\p{Alpha}` too. */
const POSIX: Readonly<Record<string, () => RangeSet>> = {
  word: () => intersection(crateRanges('word'), complement(LATIN_NUMBERS)),
  digit: () => category('Nd'),
  space: () => spaces(),
  alpha: () => engineProperty('Alphabetic'),
  alnum: () => union(engineProperty('Alphabetic'), category('Nd')),
  upper: () => lettersOfCase('Lu', 'Uppercase'),
  lower: () => lettersOfCase('Ll', 'Lowercase'),
  punct: () => union(category('P'), category('S')),
  cntrl: () => category('Cc'),
  blank: () => union(category('Zs'), ascii('\t')),
  xdigit: () => ascii('0123456789ABCDEFabcdef'),
  ascii: () => [[0, 0x7f]],
  graph: () => complement(union(spaces(), category('Cc'), category('Cn'), category('Cs'))),
  print: () =>
    union(complement(union(category('Cc'), category('Cn'), category('Cs'), spaces())), category('Zs')),
}

/**
 * The code points of `\p{name}` for Oniguruma: general categories, POSIX classes, scripts and binary properties; undefined when the
 * name is none that we know. Case, spaces, `_` and `-` in it don't count.
 */
export function propertyRanges(name: string): RangeSet | undefined {
  const key = name.toLowerCase().replace(/[\s_-]/g, '')
  if (key === 'any') return [[0, 0x10ffff]]
  if (key === 'assigned') return complement(category('Cn'))
  if (key === 'lc') return union(category('Lu'), category('Ll'), category('Lt'))
  const categoryName =
    SHORT_CATEGORIES.get(key) ?? (Object.hasOwn(LONG_CATEGORIES, key) ? LONG_CATEGORIES[key] : undefined)
  if (categoryName !== undefined) return category(categoryName)
  if (key === 'punct') return category('P')
  if (key === 'word') return wordRanges()
  if (Object.hasOwn(POSIX, key)) return POSIX[key]!()
  return scriptOrProperty(key)
}

/** `\w` outside of a class: Oniguruma takes superscripts and fractions of Latin-1 for letters there, and not in `[\w]`. */
export function wordRanges(): RangeSet {
  return crateRanges('word')
}

/** `[:alpha:]`. */
export function posixRanges(name: string): RangeSet | undefined {
  return Object.hasOwn(POSIX, name) ? POSIX[name]!() : undefined
}

export function spaces(): RangeSet {
  return toRangeSet(WHITE_SPACE.map(code => [code, code]))
}

function ascii(characters: string): RangeSet {
  return toRangeSet([...characters].map(char => [char.charCodeAt(0), char.charCodeAt(0)]))
}

/** Scripts by their names in lower case, as far as patterns of tokenizers have been seen to use any. */
const SCRIPTS =
  'Adlam Arabic Armenian Bengali Bopomofo Braille Cherokee Common Coptic Cyrillic Devanagari Ethiopic Georgian Greek Gujarati ' +
  'Gurmukhi Han Hangul Hebrew Hiragana Inherited Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Nko Oriya Runic ' +
  'Sinhala Syriac Tamil Telugu Thaana Thai Tibetan Tifinagh Yi'
const PROPERTIES =
  'Alphabetic Ideographic Unified_Ideograph Uppercase Lowercase White_Space Emoji Emoji_Presentation Emoji_Modifier ' +
  'Emoji_Modifier_Base Emoji_Component Extended_Pictographic Cased Case_Ignorable Dash Diacritic Extender Hex_Digit ' +
  'ASCII_Hex_Digit ID_Start ID_Continue XID_Start XID_Continue Math Default_Ignorable_Code_Point Grapheme_Base ' +
  'Grapheme_Extend Join_Control Quotation_Mark Regional_Indicator Sentence_Terminal Soft_Dotted Variation_Selector'

const byKey = (names: string) =>
  new Map(names.split(' ').map(name => [name.toLowerCase().replaceAll('_', ''), name]))

function scriptOrProperty(key: string): RangeSet | undefined {
  const script = byKey(SCRIPTS).get(key)
  if (script !== undefined) return engineProperty(`Script=${script}`)
  const property = byKey(PROPERTIES).get(key)
  return property === undefined ? undefined : engineProperty(property)
}

const found = new Map<string, RangeSet>()

/** A property as the engine has it, of those code points that the package's older Unicode knows: they keep their properties. */
function engineProperty(name: string): RangeSet {
  const known = found.get(name)
  if (known !== undefined) return known
  const expression = new RegExp(`\\p{${name}}`, 'u')
  const ranges: CodeRange[] = []
  for (const [first, last] of complement(category('Cn'))) {
    for (let code = first; code <= last; code++)
      if (expression.test(String.fromCodePoint(code))) ranges.push([code, code])
  }
  const set = toRangeSet(ranges)
  found.set(name, set)
  return set
}
