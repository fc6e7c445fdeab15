import type { Rendered, Source } from '../../template/index.ts'
import type { Encoded } from '../../tokenizer/index.ts'
import { SOURCES, type TokenSource } from '../masked.ts'

/** What each token's characters are, and which message they are of. One entry for each token. */
export interface TokenSources {
  /** Index into {@link SOURCES}: the source of most of the token's characters. */
  readonly sources: Uint8Array
  /** The message that those characters came from; -1 for text that is no message's. */
  readonly messages: Int32Array
}

const BY_TOKENIZER = SOURCES.indexOf('tokenizer')

/** Looks up, for every token, the source of most of its characters (of the first, when two have as many). */
export function findTokenSources(rendered: Rendered, encoded: Encoded): TokenSources {
  const { pieces } = rendered
  const count = encoded.ids.length
  const sources = new Uint8Array(count)
  const messages = new Int32Array(count).fill(-1)
  const pieceSources = Uint8Array.from(pieces, piece => SOURCES.indexOf(toTokenSource(piece.source)))
  const pieceMessages = Int32Array.from(pieces, piece => toMessage(piece.source))
  let first = 0
  for (let t = 0; t < count; t++) {
    const startChar = encoded.starts[t]!
    const endChar = encoded.ends[t]!
    if (endChar <= startChar) {
      sources[t] = BY_TOKENIZER
      continue
    }
    while (first < pieces.length && pieces[first]!.endChar <= startChar) first++
    let most = 0
    for (let p = first; p < pieces.length && pieces[p]!.startChar < endChar; p++) {
      const piece = pieces[p]!
      const chars = Math.min(piece.endChar, endChar) - Math.max(piece.startChar, startChar)
      if (chars <= most) continue
      most = chars
      sources[t] = pieceSources[p]!
      messages[t] = pieceMessages[p]!
    }
  }
  return { sources, messages }
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
