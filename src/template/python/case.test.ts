import { nastyText } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import * as letters from './case.ts'

const MAPS = {
  upper: letters.upper,
  lower: letters.lower,
  title: letters.title,
  capitalize: letters.capitalize,
  casefold: letters.casefold,
  swapcase: letters.swapcase,
}
const TESTS = { isupper: letters.isUpper, islower: letters.isLower, istitle: letters.isTitle }

agreesWithPython('every code point changes its case as in Python', () =>
  Object.entries(MAPS).map(([method, map]) => ({
    fn: 'all_cases',
    args: [method],
    ours: () => changed(map),
  })),
)

function changed(map: (text: string) => string): Map<number, string> {
  const found = new Map<number, string>()
  for (let code = 0; code < 0x110000; code++) {
    const char = String.fromCodePoint(code)
    const to = map(char)
    if (to !== char) found.set(code, to)
  }
  return found
}

agreesWithPython('every code point has the case that Python sees', () =>
  Object.entries(TESTS).map(([method, test]) => ({
    fn: 'all_members',
    args: [method],
    ours: () =>
      Array.from({ length: 0x110000 }, (_, code) => (test(String.fromCodePoint(code)) ? '1' : '0')).join(''),
  })),
)

// Beyond, planes are of one kind, but for the tags.
const CODES = [...Array(0x20000).keys(), ...Array.from({ length: 0x400 }, (_, i) => 0xe0000 + i)]

// Every code point round a sigma and before a letter: what is cased, and what a final sigma looks through.
agreesWithPython('a sigma is final where it is in Python, whatever stands beside it', () =>
  Array.from({ length: CODES.length / 64 }, (_, block) => {
    const chars = CODES.slice(block * 64, block * 64 + 64).map(code => String.fromCodePoint(code))
    return chars.map(c => `A${c}Σ A_${c}Σ AΣ${c}A AΣ${c}_ ${c}a`).join(' ')
  }).flatMap(text => [
    { fn: 'lower', args: [text], ours: () => letters.lower(text) },
    { fn: 'title', args: [text], ours: () => letters.title(text) },
  ]),
)

agreesWithPython('a text changes its case as in Python', () =>
  cases(nastyText).flatMap(text => [
    ...Object.entries(MAPS).map(([method, map]) => ({ fn: method, args: [text], ours: () => map(text) })),
    ...Object.entries(TESTS).map(([method, test]) => ({ fn: method, args: [text], ours: () => test(text) })),
  ]),
)
