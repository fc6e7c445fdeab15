import type { Span } from './code-points.ts'

/** A stretch of a formatted string, and where it came from: so that `'%s' % content` keeps the content's provenance. */
export type FormatPiece =
  /** Characters of the format string. */
  | { readonly kind: 'template'; readonly span: Span }
  /** Characters of an argument that is a string, one for one. */
  | {
      readonly kind: 'argument'
      readonly argument: number | string
      readonly span: Span
      readonly text: string
    }
  /** Written anew from an argument: a number, a repr, padding. */
  | { readonly kind: 'made'; readonly argument: number | string; readonly text: string }

export function joinPieces(template: string, pieces: readonly FormatPiece[]): string {
  return pieces
    .map(piece => (piece.kind === 'template' ? template.slice(...piece.span) : piece.text))
    .join('')
}

/** An argument's string inside its formatted form: padding before, the characters, padding after. */
export function argumentPieces(argument: number | string, value: unknown, made: string): FormatPiece[] {
  // Cut by a precision it is still the string's own beginning.
  const own = typeof value === 'string' ? longestStart(value, made) : undefined
  if (own === undefined) return made === '' ? [] : [{ kind: 'made', argument, text: made }]
  const pieces: FormatPiece[] = [
    { kind: 'made', argument, text: made.slice(0, own.at) },
    { kind: 'argument', argument, span: [0, own.length], text: made.slice(own.at, own.at + own.length) },
    { kind: 'made', argument, text: made.slice(own.at + own.length) },
  ]
  return pieces.filter(piece => piece.kind === 'template' || piece.text !== '')
}

function longestStart(value: string, made: string): { at: number; length: number } | undefined {
  const at = made.indexOf(value)
  if (value !== '' && at >= 0) return { at, length: value.length }
  return made !== '' && value.startsWith(made) ? { at: 0, length: made.length } : undefined
}
