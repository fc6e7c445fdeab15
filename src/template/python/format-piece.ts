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

/** A string that a format shows: its own first characters, and what they were padded with. */
export interface PaddedText {
  readonly left: string
  readonly own: string
  readonly right: string
}

export function paddedPieces(argument: number | string, { left, own, right }: PaddedText): FormatPiece[] {
  const span = [0, own.length] as const
  return [
    ...madePieces(argument, left),
    ...(own === '' ? [] : [{ kind: 'argument', argument, span, text: own } as const]),
    ...madePieces(argument, right),
  ]
}

export function madePieces(argument: number | string, text: string): FormatPiece[] {
  return text === '' ? [] : [{ kind: 'made', argument, text }]
}
