import { LosslineError, quote } from '../../error.ts'

/**
 * A regular expression of Python's `re` as JavaScript's. What module names are matched with is covered: groups (named too), classes,
 * quantifiers, look-around, flags at the start; what the two languages read differently is rewritten or refused.
 *
 * @param match `full` as `re.fullmatch`, `start` as `re.match`
 * @throws LosslineError `adapter/pattern`
 */
export function toRegExp(pattern: string, match: 'full' | 'start'): RegExp {
  const inline = /^\(\?([aimsu]+)\)/.exec(pattern)
  const flags = (inline?.[1] ?? '').replace(/[au]/g, '')
  try {
    const source = rewrite(pattern.slice(inline?.[0].length ?? 0))
    return new RegExp(match === 'full' ? `^(?:${source})$` : `^(?:${source})`, flags)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const fix =
      'Write it as Python would, without conditions and possessive quantifiers, or give a list of names.'
    const what = `the pattern ${quote(pattern)} can't be used: ${reason}`
    throw new LosslineError('adapter/pattern', what, { fix, cause })
  }
}

/** Letters that mean the same behind a backslash in both. */
const SAME_ESCAPES = 'bBdDsSwWfnrtvxu0123456789'

function rewrite(pattern: string): string {
  let source = ''
  let inClass = false
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!
    if (char === '\\') {
      source += rewriteEscape(pattern[++at] ?? '')
    } else if (inClass) {
      inClass = char !== ']'
      source += char === '[' ? '\\[' : char
    } else if (char === '[') {
      inClass = true
      source += char
      if (pattern[at + 1] === '^') source += pattern[++at]
      // At the start of a class Python takes it for itself.
      if (pattern[at + 1] === ']') source += `\\${pattern[++at]}`
    } else {
      const [python, javascript] = REWRITTEN.find(([start]) => pattern.startsWith(start, at)) ?? [char, char]
      source += javascript
      at += python.length - 1
    }
  }
  return source
}

const REWRITTEN: readonly (readonly [string, string])[] = [
  ['(?P<', '(?<'],
  ['{,', '{0,'],
]

function rewriteEscape(char: string): string {
  if (char === 'A') return '^'
  if (char === 'Z') return '$'
  if (/[a-zA-Z]/.test(char) && !SAME_ESCAPES.includes(char)) throw new Error(`bad escape \\${char}`)
  return `\\${char}`
}
