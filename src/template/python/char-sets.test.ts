import { nastyText } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import * as sets from './char-sets.ts'

const TESTS = {
  isalpha: sets.isAlpha,
  isdecimal: sets.isDecimal,
  isdigit: sets.isDigit,
  isnumeric: sets.isNumeric,
  isalnum: sets.isAlnum,
  isspace: sets.isSpaceText,
  isidentifier: sets.isIdentifier,
  isprintable: sets.isPrintable,
  isascii: sets.isAscii,
}

agreesWithPython('every code point is in the sets that Python has it in', () =>
  Object.entries(TESTS).map(([method, test]) => ({
    fn: 'all_members',
    args: [method],
    ours: () =>
      Array.from({ length: 0x110000 }, (_, code) => (test(String.fromCodePoint(code)) ? '1' : '0')).join(''),
  })),
)

agreesWithPython('a text is in a set as in Python', () =>
  Object.entries(TESTS).flatMap(([method, test]) =>
    ['', 'a1', '1a', ...cases(nastyText, 300)].map(text => ({
      fn: method,
      args: [text],
      ours: () => test(text),
    })),
  ),
)

agreesWithPython('decimal digits of every script have their values', () =>
  Array.from({ length: 0x110000 }, (_, code) => code)
    .filter(code => sets.isDecimal(String.fromCodePoint(code)))
    .map(code => ({ fn: 'int', args: [String.fromCodePoint(code)], ours: () => sets.decimalValue(code)! })),
)
