import {
  capitalize,
  casefold,
  center,
  count,
  endswith,
  expandtabs,
  find,
  index,
  isAlnum,
  isAlpha,
  isAscii,
  isDecimal,
  isDigit,
  isIdentifier,
  isLower,
  isNumeric,
  isPrintable,
  isSpaceText,
  isTitle,
  isUpper,
  ljust,
  lower,
  partitionRanges,
  removePrefixRange,
  removeSuffixRange,
  replace,
  rfind,
  rindex,
  rjust,
  rpartitionRanges,
  rsplitRanges,
  type Span,
  splitlinesRanges,
  splitRanges,
  startswith,
  stripRange,
  swapcase,
  title,
  upper,
  zfill,
} from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { typeFault } from '../template-error.ts'
import { asMarkup, computed, concatAll, rewritten, type Str, sliceStr } from '../values/str.ts'
import { isTuple, tupleOf } from '../values/tuple.ts'
import type { Item, Value } from '../values/value.ts'
import { toInteger, toOptionalInteger, toOptionalText, toText } from './arguments.ts'
import { countOccurrences, countWords } from './count-parts.ts'
import { entriesOf, isDict } from './dict.ts'
import { formatStr } from './format.ts'
import { readItem } from './iterate.ts'
import { joinStrs } from './join.ts'
import { escapeStr } from './markup.ts'
import { type Method, tableOf } from './signature.ts'
import { truthOf } from './truth.ts'

type Args = readonly (Value | undefined)[]

/** What Python's str offers to templates. Methods that select characters keep their origins one for one. */
export const STR_METHODS: ReadonlyMap<string, Method> = tableOf<Method>([
  strip('strip', 'both'),
  strip('lstrip', 'left'),
  strip('rstrip', 'right'),
  split('split', splitRanges),
  split('rsplit', rsplitRanges),
  {
    name: 'splitlines',
    parameters: ['keepends'],
    run: (runtime, self, [keepends = false]) => {
      const { text } = self as Str
      runtime.charge(countOccurrences(text, '\n') + countOccurrences(text, '\r'))
      return slices(runtime, self as Str, splitlinesRanges(text, truthOf(keepends)))
    },
  },
  partition('partition', partitionRanges),
  partition('rpartition', rpartitionRanges),
  edge('removeprefix', removePrefixRange),
  edge('removesuffix', removeSuffixRange),
  {
    name: 'join',
    parameters: ['iterable'],
    required: 1,
    run: (runtime, self, [items]) => joinStrs(runtime, self as Str, items!),
  },
  {
    name: 'replace',
    parameters: ['old', 'new', 'count'],
    required: 2,
    run: (runtime, self, [old, replacement, times]) =>
      replaceStr(runtime, self as Str, {
        old: toText(old, 'the text to replace'),
        replacement: toText(replacement, 'the replacement'),
        count: toOptionalInteger(times, 'the count') ?? -1,
      }),
  },
  rewrite('upper', upper),
  rewrite('lower', lower),
  rewrite('title', title),
  rewrite('capitalize', capitalize),
  rewrite('casefold', casefold),
  rewrite('swapcase', swapcase),
  pad('center', center),
  pad('ljust', ljust),
  pad('rjust', rjust),
  {
    name: 'zfill',
    parameters: ['width'],
    required: 1,
    run: (runtime, self, [width]) => {
      const columns = toInteger(width, 'the width')
      runtime.chargeText(columns)
      return rewrittenLike(self as Str, zfill((self as Str).text, columns))
    },
  },
  {
    name: 'expandtabs',
    parameters: ['tabsize'],
    run: (runtime, self, [size = 8]) => {
      const columns = toInteger(size, 'the tab size')
      const { text } = self as Str
      runtime.chargeText(text.length + (text.split('\t').length - 1) * Math.max(0, columns))
      return rewrittenLike(self as Str, expandtabs(text, columns))
    },
  },
  search('find', find),
  search('rfind', rfind),
  search('index', index),
  search('rindex', rindex),
  search('count', count),
  affix('startswith', startswith),
  affix('endswith', endswith),
  test('isalnum', isAlnum),
  test('isalpha', isAlpha),
  test('isascii', isAscii),
  test('isdecimal', isDecimal),
  test('isdigit', isDigit),
  test('isidentifier', isIdentifier),
  test('islower', isLower),
  test('isnumeric', isNumeric),
  test('isprintable', isPrintable),
  test('isspace', isSpaceText),
  test('istitle', isTitle),
  test('isupper', isUpper),
  {
    name: 'format',
    parameters: [],
    variadic: true,
    run: (runtime, self, args, named) => formatStr(runtime, self as Str, args as readonly Value[], named),
  },
  {
    name: 'format_map',
    parameters: ['mapping'],
    required: 1,
    run: (runtime, self, [mapping]) => {
      if (!isDict(mapping)) throw typeFault('format_map() needs a dict')
      const named = new Map<string, Value>()
      for (const [key, item] of entriesOf(mapping)) {
        if (typeof key === 'string') named.set(key, readItem(mapping, key, item))
      }
      return formatStr(runtime, self as Str, [], named)
    },
  },
])

/** A result that is Markup where the str was. */
function rewrittenLike(self: Str, text: string, ...others: readonly Str[]): Str {
  return asMarkup(rewritten(text, self, ...others), self.safe)
}

function slices(runtime: Runtime, self: Str, spans: readonly Span[]): Str[] {
  runtime.charge(spans.length)
  return spans.map(([start, end]) => sliceStr(self, start, end))
}

function strip(name: string, side: 'both' | 'left' | 'right'): Method {
  return {
    name,
    parameters: ['chars'],
    run: (_, self, [chars]) => {
      const set = toOptionalText(chars, `the argument of ${name}`)?.text
      const [start, end] = stripRange((self as Str).text, set, side)
      return sliceStr(self as Str, start, end)
    },
  }
}

function split(
  name: string,
  ranges: (text: string, separator: string | undefined, limit: number) => Span[],
): Method {
  return {
    name,
    parameters: ['sep', 'maxsplit'],
    run: (runtime, self, [separator, limit]) => {
      const { text } = self as Str
      const at = toOptionalText(separator, 'the separator')?.text
      const most = toOptionalInteger(limit, 'maxsplit') ?? -1
      // Counted before they are made: a list of them may not fit.
      if (most < 0 && at !== '')
        runtime.charge(at === undefined ? countWords(text) : countOccurrences(text, at))
      return slices(runtime, self as Str, ranges(text, at, most))
    },
  }
}

function partition(name: string, ranges: (text: string, separator: string) => readonly Span[]): Method {
  return {
    name,
    parameters: ['sep'],
    required: 1,
    run: (runtime, self, [separator]) =>
      tupleOf(
        slices(runtime, self as Str, ranges((self as Str).text, toText(separator, 'the separator').text)),
      ),
  }
}

function edge(name: string, range: (text: string, part: string) => Span): Method {
  return {
    name,
    parameters: [name.slice('remove'.length)],
    required: 1,
    run: (_, self, [part]) => {
      const [start, end] = range((self as Str).text, toText(part, `the argument of ${name}`).text)
      return sliceStr(self as Str, start, end)
    },
  }
}

function rewrite(name: string, rewriteText: (text: string) => string): Method {
  return {
    name,
    parameters: [],
    run: (runtime, self) => {
      runtime.chargeText((self as Str).text.length)
      return rewrittenLike(self as Str, rewriteText((self as Str).text))
    },
  }
}

function pad(name: string, padText: (text: string, width: number, fill: string) => string): Method {
  return {
    name,
    parameters: ['width', 'fillchar'],
    required: 1,
    run: (runtime, self, [width, fill]) => {
      const columns = toInteger(width, 'the width')
      const char = toOptionalText(fill, 'the fill character')?.text ?? ' '
      if (Array.from(char).length !== 1)
        throw typeFault('The fill character must be exactly one character long')
      runtime.chargeText(columns)
      return padStr(self as Str, padText((self as Str).text, columns, char))
    },
  }
}

/** Padding leaves the characters as they are: they keep their origin. */
export function padStr(self: Str, padded: string): Str {
  const at = padded.indexOf(self.text)
  const before = computed(padded.slice(0, at))
  const after = computed(padded.slice(at + self.text.length))
  return asMarkup(concatAll([before, self, after]), self.safe)
}

function search(
  name: string,
  searchText: (text: string, part: string, start?: number, stop?: number) => number,
): Method {
  return {
    name,
    parameters: ['sub', 'start', 'end'],
    required: 1,
    run: (runtime, self, [part, start, stop]) => {
      runtime.chargeText((self as Str).text.length)
      const sought = toText(part, `the argument of ${name}`).text
      return searchText(
        (self as Str).text,
        sought,
        toOptionalInteger(start, 'start'),
        toOptionalInteger(stop, 'end'),
      )
    },
  }
}

function affix(
  name: string,
  test: (text: string, part: string | readonly string[], start?: number, stop?: number) => boolean,
): Method {
  return {
    name,
    parameters: ['prefix', 'start', 'end'],
    required: 1,
    run: (_, self, [part, start, stop]: Args) =>
      test(
        (self as Str).text,
        isTuple(part)
          ? (part as readonly Item[]).map(one => toText(one as Value, `an argument of ${name}`).text)
          : toText(part, `the argument of ${name}`).text,
        toOptionalInteger(start, 'start'),
        toOptionalInteger(stop, 'end'),
      ),
  }
}

function test(name: string, check: (text: string) => boolean): Method {
  return { name, parameters: [], run: (_, self) => check((self as Str).text) }
}

/** `str.replace`. What is not changed keeps its origin one for one. */
export function replaceStr(
  runtime: Runtime,
  self: Str,
  { old, replacement, count }: { old: Str; replacement: Str; count: number },
): Str {
  const put = self.safe ? escapeStr(runtime, replacement) : replacement
  if (old.text !== '' && !self.text.includes(old.text)) return self
  const occurrences = old.text === '' ? self.text.length + 1 : self.text.length / old.text.length
  // Counted before it is made: it may be far longer than the text.
  if (put.text.length > old.text.length) {
    const matches = old.text === '' ? occurrences : countOccurrences(self.text, old.text)
    const most = count < 0 ? matches : Math.min(matches, count)
    runtime.chargeText(self.text.length + most * (put.text.length - old.text.length))
  }
  runtime.chargeText(self.text.length)
  return rewrittenLike(self, replace(self.text, old.text, put.text, count), put)
}
