import { nastyText, pyFloats, pyInts, pyValue } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { pyAscii, pyRepr, pyStr } from './repr.ts'

agreesWithPython('every value prints as in Python', () =>
  cases(pyValue, 3000).flatMap(value => [
    { fn: 'repr', args: [value], ours: () => pyRepr(value) },
    { fn: 'str', args: [value], ours: () => pyStr(value) },
    { fn: 'ascii', args: [value], ours: () => pyAscii(value) },
  ]),
)

agreesWithPython('every number prints as in Python', () =>
  [...cases(pyFloats, 5000), ...cases(pyInts), 1e21, 1e300, 10n ** 4299n, -(10n ** 4299n)].map(number => ({
    fn: 'repr',
    args: [number],
    ours: () => pyRepr(number),
  })),
)

agreesWithPython('every character of a string prints as in Python', () => [
  ...Array.from({ length: 0x110000 / 4096 }, (_, block) => {
    const text = Array.from({ length: 4096 }, (_, i) => String.fromCodePoint(block * 4096 + i)).join('')
    return { fn: 'repr', args: [text], ours: () => pyRepr(text) }
  }),
  ...cases(nastyText).map(text => ({ fn: 'repr', args: [text], ours: () => pyRepr(text) })),
])

agreesWithPython('an int of more than 4300 digits does not print', () => [
  { fn: 'power_repr', args: [10, 4299], ours: () => pyRepr(10n ** 4299n) },
  { fn: 'power_repr', args: [10, 4300], ours: () => pyRepr(10n ** 4300n) },
])
