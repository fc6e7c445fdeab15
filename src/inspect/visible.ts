/** What stands for white space that a reader has to see. One column each. */
export const SPACE = '·'
export const NEWLINE = '⏎'
export const TAB = '⇥'

/**
 * Text as it may be shown: white space visible, control characters, terminal escape sequences, directional marks and everything else
 * that is invisible or could act on a terminal written out. The result is one line.
 */
export function toVisible(text: string): string {
  if (PLAIN.test(text)) return text.replaceAll(' ', SPACE)
  const visible = text.replace(SPECIAL, escapeUnit)
  // A mark that combines would sit on whatever is drawn before it.
  return MARK_FIRST.test(visible) ? `◌${visible}` : visible
}

/** Text as it may be written to a terminal as it is: line breaks and tabs stay, what could act on the terminal is written out. */
export function toHarmless(text: string): string {
  return text.replace(SPECIAL, unit => (KEPT.has(unit) ? unit : escapeUnit(unit)))
}

const PLAIN = /^[\x20-\x7e]*$/
const MARK_FIRST = /^\p{M}/u
/** Controls, spaces, format characters (joiners, directional marks, the byte order mark), separators, lone surrogates, unassigned tags. */
const SPECIAL = /[\p{Cc}\p{Cf}\p{Z}\p{Cs}\p{Co}]/gu
const KEPT = new Set([' ', '\n', '\t'])

function escapeUnit(unit: string): string {
  if (unit === ' ') return SPACE
  if (unit === '\n') return NEWLINE
  if (unit === '\t') return TAB
  const code = unit.codePointAt(0)!
  // The control pictures: ␛ for escape, ␍ for a carriage return.
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '␡'
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}
