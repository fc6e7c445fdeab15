import fc from 'fast-check'
import { maybeIndex, nastyPart, nastyText } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import * as search from './search.ts'
import { pyTuple } from './value.ts'

const where = fc.tuple(nastyText, nastyPart, maybeIndex, maybeIndex)
const METHODS = {
  find: search.find,
  rfind: search.rfind,
  index: search.index,
  rindex: search.rindex,
  count: search.count,
  startswith: search.startswith,
  endswith: search.endswith,
}

agreesWithPython('a text is found where Python finds it', () =>
  cases(where).flatMap(([text, part, start, stop]) =>
    Object.entries(METHODS).map(([method, find]) => ({
      fn: `str.${method}`,
      args: [text, part, start ?? null, stop ?? null],
      ours: () => find(text, part, start, stop),
      words: true,
    })),
  ),
)

agreesWithPython('startswith and endswith take several texts', () =>
  cases(fc.tuple(nastyText, fc.array(nastyPart, { maxLength: 3 }))).flatMap(([text, parts]) => [
    { fn: 'startswith', args: [text, pyTuple(parts)], ours: () => search.startswith(text, parts) },
    { fn: 'endswith', args: [text, pyTuple(parts)], ours: () => search.endswith(text, parts) },
  ]),
)
