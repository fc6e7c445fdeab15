import fc from 'fast-check'
import { nastyText } from '../../../test/interop/nasty.ts'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import * as pads from './pad.ts'

agreesWithPython('texts are filled up as in Python', () =>
  cases(fc.tuple(nastyText, fc.integer({ min: -2, max: 20 }), fc.constantFrom(' ', '·', '😀'))).flatMap(
    ([text, width, fill]) => [
      { fn: 'center', args: [text, width, fill], ours: () => pads.center(text, width, fill) },
      { fn: 'ljust', args: [text, width, fill], ours: () => pads.ljust(text, width, fill) },
      { fn: 'rjust', args: [text, width, fill], ours: () => pads.rjust(text, width, fill) },
      { fn: 'zfill', args: [text, width], ours: () => pads.zfill(text, width) },
      { fn: 'expandtabs', args: [text, width], ours: () => pads.expandtabs(text, width) },
    ],
  ),
)
