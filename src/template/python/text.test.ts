import fc from 'fast-check'
import { nastyPart, nastyText, pyNumber, pyValue } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import * as text from './text.ts'

agreesWithPython('the indent filter indents as in Jinja2', () =>
  cases(
    fc.tuple(nastyText, fc.oneof(fc.integer({ min: 0, max: 5 }), nastyPart), fc.boolean(), fc.boolean()),
  ).map(([value, width, first, blank]) => ({
    fn: 'filter',
    args: ['indent', value, [width, first, blank], {}],
    ours: () => text.indent(value, width, first, blank),
  })),
)

const words = fc.array(fc.oneof(nastyText, fc.constant(' ')), { maxLength: 6 }).map(parts => parts.join(''))

agreesWithPython('the truncate filter cuts as in Jinja2', () =>
  cases(
    fc.tuple(
      words,
      fc.integer({ min: 0, max: 20 }),
      fc.boolean(),
      fc.constantFrom('...', '', '…😀'),
      fc.integer({ min: -1, max: 6 }),
    ),
    4000,
  ).map(([value, length, killwords, end, leeway]) => ({
    fn: 'filter',
    args: ['truncate', value, [length, killwords, end, leeway], {}],
    ours: () => text.truncate(value, { length, killwords, end, leeway }),
    words: true,
  })),
)

agreesWithPython('the title and wordcount filters see words as Jinja2 does', () =>
  cases(words, 4000).flatMap(value => [
    { fn: 'filter', args: ['title', value, [], {}], ours: () => text.titleFilter(value) },
    { fn: 'filter', args: ['wordcount', value, [], {}], ours: () => text.wordcount(value) },
  ]),
)

agreesWithPython('the urlencode filter quotes as in Jinja2', () =>
  cases(fc.oneof(nastyText, fc.string(), pyValue, fc.array(fc.tuple(nastyText, pyNumber))), 4000).map(
    value => ({
      fn: 'filter',
      args: ['urlencode', value, [], {}],
      ours: () => text.urlencode(value),
    }),
  ),
)

const size = fc.oneof(
  pyNumber,
  fc.double({ min: 0, max: 1e30 }),
  fc.constantFrom('12', '1e6', 'x', null),
  fc.integer({ min: 0, max: 10 ** 9 }),
)

agreesWithPython('the filesizeformat filter words sizes as Jinja2 does', () =>
  cases(fc.tuple(size, fc.boolean()), 4000).map(([value, binary]) => ({
    fn: 'filter',
    args: ['filesizeformat', value, [binary], {}],
    ours: () => text.filesizeformat(value, binary),
  })),
)
