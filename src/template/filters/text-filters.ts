import { toInteger, toOptionalInteger, toOptionalText, toText } from '../operations/arguments.ts'
import { binary } from '../operations/arithmetic.ts'
import { toPlain, toSoftStr, toStr } from '../operations/convert.ts'
import { isDict, makeDict } from '../operations/dict.ts'
import { isIterable, lengthOf, toList } from '../operations/iterate.ts'
import { escapeStr } from '../operations/markup.ts'
import { padStr, replaceStr, STR_METHODS } from '../operations/str-methods.ts'
import { truthOf } from '../operations/truth.ts'
import {
  capitalize,
  center,
  indent,
  lower,
  striptags,
  titleFilter,
  truncate,
  upper,
  urlencode,
  wordcount,
  wordwrap,
} from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { typeFault } from '../template-error.ts'
import { asMarkup, computed, rewritten, Str } from '../values/str.ts'
import { tupleOf } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Value } from '../values/value.ts'
import type { Filter } from './filter.ts'
import { urlizeStr } from './urlize.ts'

const STRIP = STR_METHODS.get('strip')!

/** Filters that take text and give text. */
export const TEXT_FILTERS: readonly Filter[] = [
  rewrite('upper', upper),
  rewrite('lower', lower),
  rewrite('capitalize', capitalize),
  rewrite('title', titleFilter),
  {
    name: 'trim',
    parameters: ['chars'],
    run: (runtime, input, args) => STRIP.run(runtime, toSoftStr(runtime, input), args, undefined),
  },
  {
    name: 'replace',
    parameters: ['old', 'new', 'count'],
    required: 2,
    run: (runtime, input, [old, replacement, count]) =>
      replaceStr(runtime, toStr(runtime, input), {
        old: toStr(runtime, old!),
        replacement: toStr(runtime, replacement!),
        count: toOptionalInteger(count, 'the count') ?? -1,
      }),
  },
  {
    name: 'center',
    parameters: ['width'],
    run: (runtime, input, [width = 80]) => {
      const columns = toInteger(width, 'the width')
      runtime.chargeText(columns)
      const str = toSoftStr(runtime, input)
      return padStr(str, center(str.text, columns))
    },
  },
  {
    name: 'indent',
    parameters: ['width', 'first', 'blank'],
    run: (runtime, input, [width = 4, first = false, blank = false]) => {
      const str = toText(input, 'the input')
      const margin = width instanceof Str ? width.text : toInteger(width, 'the width')
      const columns = typeof margin === 'string' ? margin.length : Math.max(0, margin)
      runtime.chargeText(str.text.length + (str.text.split('\n').length + 1) * columns)
      return rewriteLike(str, indent(str.text, margin, truthOf(first), truthOf(blank)))
    },
  },
  {
    name: 'truncate',
    parameters: ['length', 'killwords', 'end', 'leeway'],
    run: (_, input, [length = 255, killwords = false, end, leeway]) => {
      const options = {
        length: toInteger(length, 'the length'),
        killwords: truthOf(killwords),
        end: toOptionalText(end, 'the end')?.text ?? '...',
        leeway: toOptionalInteger(leeway, 'the leeway') ?? 5,
      }
      const items = input instanceof Str ? undefined : lengthOf(input)
      // What is short enough is given back, whatever it is.
      if (items !== undefined && items <= options.length + options.leeway) return input
      const str = toText(input, 'the input')
      const cut = truncate(str.text, options)
      return rewriteLike(str, cut)
    },
  },
  {
    name: 'wordwrap',
    parameters: ['width', 'break_long_words', 'wrapstring', 'break_on_hyphens'],
    run: (runtime, input, [width = 79, breakLong = true, wrapString, breakHyphens = true]) => {
      const str = toText(input, 'the input')
      const put = toOptionalText(wrapString, 'the wrapstring')?.text ?? '\n'
      runtime.chargeText(str.text.length * (1 + put.length))
      const wrapped = wordwrap(str.text, {
        width: toInteger(width, 'the width'),
        breakLongWords: truthOf(breakLong),
        wrapString: put,
        breakOnHyphens: truthOf(breakHyphens),
      })
      return rewriteLike(str, wrapped)
    },
  },
  {
    name: 'wordcount',
    parameters: [],
    run: (runtime, input) => wordcount(toSoftStr(runtime, input).text),
  },
  {
    name: 'striptags',
    parameters: [],
    run: (runtime, input) => {
      const str = toStr(runtime, input)
      return rewritten(striptags(str.text), str)
    },
  },
  {
    name: 'urlencode',
    parameters: [],
    run: (runtime, input) => {
      if (input instanceof Str || input instanceof Undefined || !isIterable(input)) {
        const str = toStr(runtime, input)
        return rewritten(urlencode(str.text), str)
      }
      return rewritten(
        urlencode(toPlain(runtime, isDict(input) ? input : toList(runtime, input))),
        toStr(runtime, input),
      )
    },
  },
  {
    name: 'urlize',
    parameters: ['trim_url_limit', 'nofollow', 'target', 'rel', 'extra_schemes'],
    run: (runtime, input, args) => urlizeStr(runtime, toSoftStr(runtime, input), args),
  },
  { name: 'e', parameters: [], isTraced: true, run: escapeInput },
  { name: 'escape', parameters: [], isTraced: true, run: escapeInput },
  {
    name: 'forceescape',
    parameters: [],
    isTraced: true,
    run: (runtime, input) => escapeStr(runtime, asMarkup(toStr(runtime, input), false)),
  },
  {
    name: 'safe',
    parameters: [],
    isTraced: true,
    run: (runtime, input) => asMarkup(toStr(runtime, input), true),
  },
  { name: 'string', parameters: [], isTraced: true, run: (runtime, input) => toSoftStr(runtime, input) },
  {
    name: 'format',
    parameters: [],
    variadic: true,
    run: (runtime, input, args, named) => {
      const positional = args as readonly Value[]
      if (positional.length > 0 && named !== undefined) {
        throw typeFault("format can't handle positional and keyword arguments at the same time")
      }
      const format = toSoftStr(runtime, input)
      if (named === undefined) return binary(runtime, '%', format, tupleOf(positional))
      return binary(
        runtime,
        '%',
        format,
        makeDict(Array.from(named, ([key, value]) => [computed(key), value])),
      )
    },
  },
]

function rewriteLike(str: Str, text: string): Str {
  return asMarkup(rewritten(text, str), str.safe)
}

function rewrite(name: string, rewriteText: (text: string) => string): Filter {
  return {
    name,
    parameters: [],
    run: (runtime, input) => {
      const str = toSoftStr(runtime, input)
      runtime.chargeText(str.text.length)
      return rewriteLike(str, rewriteText(str.text))
    },
  }
}

function escapeInput(runtime: Runtime, input: Value): Str {
  return escapeStr(runtime, toSoftStr(runtime, input))
}
