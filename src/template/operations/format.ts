import { type FormatPiece, type PyValue, percentPieces, pyTuple, strFormatPieces } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { PyRange } from '../values/objects.ts'
import { asMarkup, computed, concatAll, originOf, Str, sliceStr } from '../values/str.ts'
import { TemplateObject } from '../values/template-object.ts'
import { isTuple } from '../values/tuple.ts'
import { Undefined } from '../values/undefined.ts'
import type { Item, Named, Value } from '../values/value.ts'
import { reprOf, toPlain } from './convert.ts'
import { isDict, lookUpText } from './dict.ts'
import { readItem } from './iterate.ts'
import { escapeStr } from './markup.ts'

/** `format % args`: the format's characters and those of the arguments keep their origins. */
export function percentStr(runtime: Runtime, format: Str, args: Value): Str {
  // What can be indexed and is no tuple may stand for a mapping: nothing has to be used of it.
  if (args instanceof PyRange && !format.text.includes('%')) return format
  const given = format.safe ? escapeArguments(runtime, args) : args
  const pieces = percentPieces(format.text, toPrintable(runtime, given))
  const argument = (name: number | string): Value | undefined => {
    if (typeof name === 'string') return isDict(given) ? itemOf(given, name) : undefined
    if (!isTuple(given)) return given
    const item = (given as readonly Item[])[name]
    return item === undefined ? undefined : readItem(given as readonly Item[], name, item)
  }
  return assemble(runtime, format, pieces, argument)
}

/** `format.format(*positional, **named)`. */
export function formatStr(
  runtime: Runtime,
  format: Str,
  positional: readonly Value[],
  named: Named | undefined,
): Str {
  const args = format.safe ? positional.map(value => escapeArguments(runtime, value)) : positional
  const plain = new Map<string, PyValue>()
  for (const [name, value] of named ?? []) plain.set(name, toPrintable(runtime, value))
  const pieces = strFormatPieces(format.text, {
    positional: args.map(value => toPrintable(runtime, value)),
    named: plain,
  })
  return assemble(runtime, format, pieces, name => (typeof name === 'number' ? args[name] : named?.get(name)))
}

function itemOf(dict: Parameters<typeof lookUpText>[0], key: string): Value | undefined {
  const item = lookUpText(dict, key)
  return item === undefined ? undefined : readItem(dict, key, item)
}

function assemble(
  runtime: Runtime,
  format: Str,
  pieces: readonly FormatPiece[],
  argument: (name: number | string) => Value | undefined,
): Str {
  let length = 0
  const strs = pieces.map(piece => {
    const str = toStrPiece(format, piece, argument)
    length += str.text.length
    return str
  })
  runtime.chargeText(length)
  return asMarkup(concatAll(strs), format.safe)
}

function toStrPiece(
  format: Str,
  piece: FormatPiece,
  argument: (name: number | string) => Value | undefined,
): Str {
  if (piece.kind === 'template') return sliceStr(format, piece.span[0], piece.span[1])
  const value = argument(piece.argument)
  if (!(value instanceof Str)) return computed(piece.text)
  if (piece.kind === 'argument' && value.text.slice(piece.span[0], piece.span[1]) === piece.text) {
    return sliceStr(value, piece.span[0], piece.span[1])
  }
  return new Str(piece.text, originOf(value), -1)
}

/** Markup escapes what is put into it. */
function escapeArguments(runtime: Runtime, args: Value): Value {
  if (args instanceof Str) return escapeStr(runtime, args)
  if (!isTuple(args)) return args
  const items = (args as readonly Item[]).map((item, i) => {
    const value = readItem(args as readonly Item[], i, item)
    return value instanceof Str ? escapeStr(runtime, value) : value
  })
  return pyTuple(items as PyValue[]) as unknown as readonly Item[]
}

/** Plain values; what only templates have as the text that Python prints. */
function toPrintable(runtime: Runtime, value: Value): PyValue {
  if (value instanceof Undefined) return ''
  if (value instanceof TemplateObject && !(value instanceof Str)) return reprOf(runtime, value)
  if (isTuple(value)) {
    return pyTuple((value as readonly Item[]).map(item => toPrintable(runtime, item as Value)))
  }
  return toPlain(runtime, value)
}
