// str methods that fill up to a width, which is counted in code points.
import { codePointLength } from './code-points.ts'
import { repeat } from './repeat.ts'

/** `center(width, fill)`: an odd space goes to the left when the width is odd. */
export function center(text: string, width: number, fill = ' '): string {
  const space = width - codePointLength(text)
  if (space <= 0) return text
  const left = Math.floor(space / 2) + (space & width & 1)
  return repeat(fill, left) + text + repeat(fill, space - left)
}

/** `ljust(width, fill)`. */
export function ljust(text: string, width: number, fill = ' '): string {
  return text + repeat(fill, width - codePointLength(text))
}

/** `rjust(width, fill)`. */
export function rjust(text: string, width: number, fill = ' '): string {
  return repeat(fill, width - codePointLength(text)) + text
}

/** `zfill(width)`: zeros go behind a sign. */
export function zfill(text: string, width: number): string {
  const zeros = repeat('0', width - codePointLength(text))
  const sign = text.startsWith('-') || text.startsWith('+') ? text.charAt(0) : ''
  return sign + zeros + text.slice(sign.length)
}

/** `expandtabs(tabsize)`: columns start again after `\n` and `\r`. */
export function expandtabs(text: string, tabsize = 8): string {
  let column = 0
  let out = ''
  for (const char of text) {
    if (char === '\t') {
      const width = tabsize > 0 ? tabsize - (column % tabsize) : 0
      out += repeat(' ', width)
      column += width
    } else {
      out += char
      column = char === '\n' || char === '\r' ? 0 : column + 1
    }
  }
  return out
}
