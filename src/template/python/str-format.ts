import { argumentPieces, type FormatPiece, joinPieces } from './format-piece.ts'
import { pyFormat } from './format-spec.ts'
import { PyError } from './py-error.ts'
import { pyAscii, pyRepr, pyStr } from './repr.ts'
import { dictGet, isDict, type PyValue, pyType } from './value.ts'

export interface FormatArguments {
  readonly positional: readonly PyValue[]
  readonly named: ReadonlyMap<string, PyValue>
}

/**
 * `template.format(*positional, **named)`. `{0.name}` and `{0[name]}` reach items of dicts and lists, as in Jinja2's sandbox, and
 * nothing else.
 *
 * @throws PyError `ValueError`, `IndexError`, `KeyError` or `TypeError`, as Python
 */
export function strFormat(template: string, args: FormatArguments): string {
  return joinPieces(template, strFormatPieces(template, args))
}

/** As {@link strFormat}, with the origin of each stretch; an argument is named by its position or its name. */
export function strFormatPieces(template: string, args: FormatArguments): FormatPiece[] {
  return new Formatter(args).pieces(template, 2)
}

class Formatter {
  readonly #args: FormatArguments
  /** The next automatic number; 'manual' once a number was written out. */
  #numbering: number | 'manual' = 0

  constructor(args: FormatArguments) {
    this.#args = args
  }

  pieces(template: string, depth: number): FormatPiece[] {
    if (depth < 1) throw new PyError('ValueError', 'Max string recursion exceeded')
    const pieces: FormatPiece[] = []
    let at = 0
    while (at < template.length) {
      const next = /[{}]/.exec(template.slice(at))
      const brace = next === null ? template.length : at + next.index
      if (brace > at) pieces.push({ kind: 'template', span: [at, brace] })
      if (next === null) break
      if (template.charAt(brace + 1) === next[0]) {
        pieces.push({ kind: 'template', span: [brace, brace + 1] })
        at = brace + 2
        continue
      }
      if (next[0] === '}' || brace + 1 === template.length) {
        throw new PyError('ValueError', `Single '${next[0]}' encountered in format string`)
      }
      const end = findFieldEnd(template, brace + 1)
      pieces.push(...this.#field(template.slice(brace + 1, end), depth))
      at = end + 1
    }
    return pieces
  }

  #field(field: string, depth: number): FormatPiece[] {
    const { name, conversion, spec } = splitField(field)
    const { argument, value } = this.#find(name)
    const converted = convert(value, conversion)
    const specText =
      spec.includes('{') || spec.includes('}') ? joinPieces(spec, this.pieces(spec, depth - 1)) : spec
    const own =
      name.includes('.') || name.includes('[') || conversion === 'r' || conversion === 'a' ? undefined : value
    return argumentPieces(argument, own, pyFormat(converted, specText))
  }

  #find(name: string): { argument: number | string; value: PyValue } {
    const first = /^[^.[]*/.exec(name)![0]
    const argument = /^\d+$/.test(first) || first === '' ? this.#position(first) : first
    const root =
      typeof argument === 'number' ? this.#args.positional[argument] : this.#args.named.get(argument)
    if (root === undefined) {
      if (typeof argument === 'string') throw new PyError('KeyError', pyRepr(argument))
      throw new PyError('IndexError', `Replacement index ${argument} out of range for positional args tuple`)
    }
    let value = root
    for (const step of parseSteps(name.slice(first.length))) value = getItem(value, step)
    return { argument, value }
  }

  #position(written: string): number {
    const automatic = written === ''
    if (
      automatic ? this.#numbering === 'manual' : typeof this.#numbering === 'number' && this.#numbering > 0
    ) {
      const [from, to] = automatic
        ? ['manual field specification', 'automatic field numbering']
        : ['automatic field numbering', 'manual field specification']
      throw new PyError('ValueError', `cannot switch from ${from} to ${to}`)
    }
    if (!automatic) this.#numbering = 'manual'
    return typeof this.#numbering === 'number' ? this.#numbering++ : Number(written)
  }
}

/** Where the brace is that closes the field which starts at `start`. */
function findFieldEnd(template: string, start: number): number {
  let depth = 1
  let inIndex = false
  let inSpec = false
  for (let at = start; at < template.length; at++) {
    const char = template.charAt(at)
    // Within [ ] any character is part of the key, braces too.
    if (char === '[' && !inSpec) inIndex = true
    else if (char === ']') inIndex = false
    else if (inIndex) continue
    else if (char === ':') inSpec = true
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at
  }
  throw new PyError('ValueError', "expected '}' before end of string")
}

function splitField(field: string): { name: string; conversion: string; spec: string } {
  const name = /^(?:[^[!:]|\[[^\]]*\]?)*/.exec(field)![0]
  if (name.includes('{')) throw new PyError('ValueError', "unexpected '{' in field name")
  const rest = field.slice(name.length)
  if (!rest.startsWith('!')) return { name, conversion: '', spec: rest.slice(1) }
  const [conversion = '', ...after] = rest.slice(1)
  if (conversion === '')
    throw new PyError('ValueError', 'end of string while looking for conversion specifier')
  if (after.length > 0 && after[0] !== ':')
    throw new PyError('ValueError', "expected ':' after conversion specifier")
  return { name, conversion, spec: after.slice(1).join('') }
}

function convert(value: PyValue, conversion: string): PyValue {
  switch (conversion) {
    case '':
      return value
    case 's':
      return pyStr(value)
    case 'r':
      return pyRepr(value)
    case 'a':
      return pyAscii(value)
  }
  throw new PyError('ValueError', `Unknown conversion specifier '${conversion}'`)
}

function parseSteps(path: string): (string | number)[] {
  const steps: (string | number)[] = []
  let rest = path
  while (rest !== '') {
    const match = /^(?:\.([^.[]+)|\[([^\]]+)\])/.exec(rest)
    if (match === null) {
      const words =
        rest.startsWith('[') && !rest.includes(']')
          ? "Missing ']' in format string"
          : rest.startsWith('[') || rest.startsWith('.')
            ? 'Empty attribute in format string'
            : "Only '.' or '[' may follow ']' in format field specifier"
      throw new PyError('ValueError', words)
    }
    const key = match[1] ?? match[2]!
    steps.push(match[2] !== undefined && /^\d+$/.test(key) ? Number(key) : key)
    rest = rest.slice(match[0].length)
  }
  return steps
}

function getItem(value: PyValue, key: string | number): PyValue {
  if (isDict(value)) {
    const found =
      typeof key === 'string' ? dictGet(value, key) : value instanceof Map ? value.get(key) : undefined
    if (found === undefined) throw new PyError('KeyError', pyRepr(key))
    return found
  }
  const type = pyType(value)
  if (typeof key === 'number' && (Array.isArray(value) || typeof value === 'string')) {
    const found = typeof value === 'string' ? Array.from(value)[key] : (value as readonly PyValue[])[key]
    if (found === undefined)
      throw new PyError('IndexError', `${type === 'str' ? 'string' : type} index out of range`)
    return found
  }
  throw new PyError('TypeError', `'${type}' object has no item or attribute '${key}' that a format may read`)
}
