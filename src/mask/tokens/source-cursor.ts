import type { Piece, Source } from '../../template/index.ts'
import { SOURCES, type TokenSource } from '../masked.ts'

/** Goes forward over the pieces: what most of a token's characters are, and which message they are of. */
export class SourceCursor {
  /** Index into {@link SOURCES}: the source of most of the token's characters (of the first, when two have as many). */
  source = 0
  /** The message that those characters came from; -1 for text that is no message's. */
  message = -1
  /** The end of the piece that the token starts in. Tokens that end before it have the same source and message. */
  sameUntil = 0
  readonly #textLength: number
  readonly #pieces: readonly Piece[]
  #first = 0

  constructor(pieces: readonly Piece[], textLength: number) {
    this.#pieces = pieces
    this.#textLength = textLength
  }

  /** Moves to a token that starts no earlier than the one before. UTF-16 units. */
  moveTo(startChar: number, endChar: number): void {
    const pieces = this.#pieces
    while (this.#first < pieces.length && pieces[this.#first]!.endChar <= startChar) this.#first++
    const first = pieces[this.#first]
    this.sameUntil = first?.endChar ?? this.#textLength
    let most = first
    // Of a token that goes on in the pieces behind.
    if (endChar > this.sameUntil) most = this.#findMost(startChar, endChar)
    this.source = most === undefined ? 0 : SOURCES.indexOf(toTokenSource(most.source))
    this.message = most === undefined ? -1 : toMessage(most.source)
  }

  #findMost(startChar: number, endChar: number): Piece | undefined {
    let most: Piece | undefined
    let mostChars = 0
    for (let p = this.#first; p < this.#pieces.length; p++) {
      const piece = this.#pieces[p]!
      if (piece.startChar >= endChar) break
      const chars = Math.min(piece.endChar, endChar) - Math.max(piece.startChar, startChar)
      if (chars <= mostChars) continue
      most = piece
      mostChars = chars
    }
    return most
  }
}

function toTokenSource(source: Source): TokenSource {
  switch (source.kind) {
    case 'literal':
      return 'template'
    case 'message':
      return source.field
    case 'variable':
      return toVariableSource(source.name)
    case 'computed':
      return 'computed'
    case 'union':
      return toUnionSource(source.sources)
    default: {
      const never: never = source
      return never
    }
  }
}

function toVariableSource(name: string): TokenSource {
  if (name === 'tools' || name === 'documents') return name
  // Rows without messages come as pieces of these variables.
  if (name === 'text' || name === 'prompt' || name === 'completion') return name
  return 'variable'
}

/** Of rewritten text: what a model writes counts before what it is written with. */
function toUnionSource(parts: readonly Source[]): TokenSource {
  const kinds = parts.map(toTokenSource)
  const order: readonly TokenSource[] = ['tool_calls', 'reasoning', 'content', 'tools', 'documents']
  return order.find(kind => kinds.includes(kind)) ?? kinds.find(kind => kind !== 'template') ?? 'template'
}

function toMessage(source: Source): number {
  if (source.kind === 'message') return source.message
  if (source.kind !== 'union') return -1
  for (const part of source.sources) {
    const message = toMessage(part)
    if (message !== -1) return message
  }
  return -1
}
