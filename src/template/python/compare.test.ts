import fc from 'fast-check'
import { nastyPart, pyNumber, pyValue } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { pyCompare, pyContains, pyEquals, pyTruth } from './compare.ts'
import { pyTuple } from './value.ts'

/** Values of which some are equal, or have an order. */
const pair = fc.oneof(
  fc.tuple(pyValue, pyValue),
  fc.tuple(pyNumber, pyNumber),
  fc.tuple(nastyPart, nastyPart),
  pyValue.map(value => [value, structuredClone(value)] as const),
  fc.tuple(fc.array(pyNumber, { maxLength: 3 }), fc.array(pyNumber, { maxLength: 3 })),
)

agreesWithPython('a value is true where Python finds it so', () =>
  cases(pyValue).map(value => ({ fn: 'bool', args: [value], ours: () => pyTruth(value) })),
)

agreesWithPython('values are equal where they are in Python', () =>
  cases(pair, 4000).map(([a, b]) => ({ fn: 'eq', args: [a, b], ours: () => pyEquals(a, b) })),
)

agreesWithPython('values have the order that Python gives them', () =>
  cases(pair, 4000).map(([a, b]) => ({
    fn: 'order',
    args: [a, b],
    ours: () => {
      const order = pyCompare(a, b)
      return [order < 0, order === 0, order > 0]
    },
    words: true,
  })),
)

const contained = fc.oneof(
  fc.tuple(fc.array(pyNumber, { maxLength: 4 }), pyNumber),
  fc.tuple(fc.array(pyNumber, { maxLength: 4 }).map(pyTuple), pyNumber),
  fc.tuple(nastyPart, nastyPart),
  fc.tuple(pyValue, pyValue),
  fc.tuple(
    fc.dictionary(fc.constantFrom('a', 'constructor'), fc.constant(1), { noNullPrototype: true }),
    fc.constantFrom('a', 'constructor', 'toString', '__proto__'),
  ),
)

agreesWithPython('a value is in another where it is in Python', () =>
  cases(contained, 4000).map(([container, item]) => ({
    fn: 'contains',
    args: [container, item],
    ours: () => pyContains(container, item),
    words: true,
  })),
)
