import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nastyPart, nastyText } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import type { Span } from './code-points.ts'
import * as strings from './strings.ts'
import { pyTuple } from './value.ts'

const texts = (text: string, spans: readonly Span[]): string[] => spans.map(span => text.slice(...span))
const maybePart = fc.option(nastyPart, { nil: undefined })

agreesWithPython('strip, lstrip and rstrip leave what Python leaves', () =>
  cases(fc.tuple(nastyText, maybePart)).flatMap(([text, chars]) =>
    (['both', 'left', 'right'] as const).map(side => ({
      fn: { both: 'strip', left: 'lstrip', right: 'rstrip' }[side],
      args: [text, chars ?? null],
      ours: () => text.slice(...strings.stripRange(text, chars, side)),
    })),
  ),
)

agreesWithPython('split and rsplit cut where Python cuts', () =>
  cases(fc.tuple(nastyText, maybePart, fc.integer({ min: -1, max: 4 }))).flatMap(
    ([text, separator, maxsplit]) => [
      {
        fn: 'str.split',
        args: [text, separator ?? null, maxsplit],
        ours: () => texts(text, strings.splitRanges(text, separator, maxsplit)),
        words: true,
      },
      {
        fn: 'str.rsplit',
        args: [text, separator ?? null, maxsplit],
        ours: () => texts(text, strings.rsplitRanges(text, separator, maxsplit)),
        words: true,
      },
    ],
  ),
)

agreesWithPython('splitlines cuts at every one of Python’s line boundaries', () =>
  cases(fc.tuple(nastyText, fc.boolean())).map(([text, keepends]) => ({
    fn: 'str.splitlines',
    args: [text, keepends],
    ours: () => texts(text, strings.splitlinesRanges(text, keepends)),
  })),
)

agreesWithPython('partition and rpartition, removeprefix and removesuffix part as in Python', () =>
  cases(fc.tuple(nastyText, nastyPart)).flatMap(([text, part]) => [
    {
      fn: 'partition',
      args: [text, part],
      ours: () => pyTuple(texts(text, strings.partitionRanges(text, part))),
    },
    {
      fn: 'rpartition',
      args: [text, part],
      ours: () => pyTuple(texts(text, strings.rpartitionRanges(text, part))),
    },
    {
      fn: 'removeprefix',
      args: [text, part],
      ours: () => text.slice(...strings.removePrefixRange(text, part)),
    },
    {
      fn: 'removesuffix',
      args: [text, part],
      ours: () => text.slice(...strings.removeSuffixRange(text, part)),
    },
  ]),
)

agreesWithPython('replace replaces what Python replaces', () =>
  cases(
    fc.tuple(nastyText, nastyPart, fc.oneof(nastyPart, fc.constant('$&')), fc.integer({ min: -1, max: 4 })),
  ).map(([text, old, to, count]) => ({
    fn: 'replace',
    args: [text, old, to, count],
    ours: () => strings.replace(text, old, to, count),
  })),
)

test('the spans of a split lie in order and do not overlap', () => {
  fc.assert(
    fc.property(nastyText, maybePart, fc.integer({ min: -1, max: 4 }), (text, separator, maxsplit) => {
      if (separator === '') return
      for (const split of [strings.splitRanges, strings.rsplitRanges]) {
        let end = 0
        for (const [start, stop] of split(text, separator, maxsplit)) {
          assert.ok(start >= end && stop >= start && stop <= text.length)
          end = stop
        }
      }
    }),
  )
})
