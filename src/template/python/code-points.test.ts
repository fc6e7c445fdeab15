import fc from 'fast-check'
import { maybeIndex, nastyText } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { codePointAt, codePointLength, codePointSliceRanges, sliceIndices } from './code-points.ts'
import { PyError } from './py-error.ts'

agreesWithPython('a text has as many characters as in Python', () =>
  cases(nastyText).map(text => ({ fn: 'len', args: [text], ours: () => codePointLength(text) })),
)

agreesWithPython('an index picks the character that Python picks', () =>
  cases(fc.tuple(nastyText, fc.integer({ min: -16, max: 16 }))).map(([text, index]) => ({
    fn: 'item',
    args: [text, index],
    ours: () => {
      const span = codePointAt(text, index)
      if (span === undefined) throw new PyError('IndexError', 'string index out of range')
      return text.slice(...span)
    },
    words: true,
  })),
)

const slice = fc.tuple(maybeIndex, maybeIndex, fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined }))

agreesWithPython('a slice of a text takes the characters that Python takes', () =>
  cases(fc.tuple(nastyText, slice), 4000).map(([text, [start, stop, step]]) => ({
    fn: 'slice',
    args: [text, start ?? null, stop ?? null, step ?? null],
    ours: () =>
      codePointSliceRanges(text, start, stop, step)
        .map(span => text.slice(...span))
        .join(''),
    words: true,
  })),
)

agreesWithPython('a slice of a list takes the items that Python takes', () =>
  cases(fc.tuple(fc.nat(8), slice), 4000).map(([length, [start, stop, step]]) => {
    const list = Array.from({ length }, (_, i) => i)
    return {
      fn: 'slice',
      args: [list, start ?? null, stop ?? null, step ?? null],
      ours: () => {
        const slice = sliceIndices(length, start, stop, step)
        const items: number[] = []
        for (let i = slice.start; slice.step > 0 ? i < slice.stop : i > slice.stop; i += slice.step)
          items.push(list[i]!)
        return items
      },
      words: true,
    }
  }),
)
