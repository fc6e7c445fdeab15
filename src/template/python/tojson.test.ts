import fc from 'fast-check'
import { pyValue } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { toJson } from './tojson.ts'
import type { PyValue } from './value.ts'

const options = fc.record({
  ensureAscii: fc.boolean(),
  indent: fc.option(fc.oneof(fc.integer({ min: -1, max: 4 }), fc.constant('\t')), { nil: undefined }),
  separators: fc.option(fc.tuple(fc.constantFrom(',', ', ', ' ; '), fc.constantFrom(':', ': ')), {
    nil: undefined,
  }),
  sortKeys: fc.boolean(),
})

agreesWithPython('every value is written as json.dumps writes it', () =>
  cases(fc.tuple(pyValue, options), 4000).map(([value, { ensureAscii, indent, separators, sortKeys }]) => ({
    fn: 'json.dumps',
    args: [
      value,
      new Map<PyValue, PyValue>([
        ['ensure_ascii', ensureAscii],
        ['indent', indent ?? null],
        ['separators', separators ?? null],
        ['sort_keys', sortKeys],
      ]),
    ],
    ours: () => toJson(value, { ensureAscii, indent, separators, sortKeys }),
  })),
)

agreesWithPython('without options it is transformers’ tojson', () =>
  cases(pyValue).map(value => ({ fn: 'json.dumps', args: [value, new Map()], ours: () => toJson(value) })),
)
