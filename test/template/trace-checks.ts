// For tests: what has to hold for every trace.
import assert from 'node:assert/strict'
import type { Json } from '../../src/json/index.ts'
import type { Piece, Rendered, Source } from '../../src/template/index.ts'

export interface GivenData {
  readonly messages: readonly Json[]
  readonly variables: Readonly<Record<string, Json>>
}

/**
 * Pieces cover the text in order; those that are their source's characters one for one are just these; turns are in order and stand
 * within the text.
 */
export function checkTrace(rendered: Rendered, given: GivenData): void {
  let at = 0
  for (const piece of rendered.pieces) {
    assert.equal(piece.startChar, at)
    assert(piece.endChar > piece.startChar)
    at = piece.endChar
    checkPiece(rendered.text, piece, given)
  }
  assert.equal(at, rendered.text.length)
  let last = 0
  for (const turn of rendered.turns) {
    assert(turn.startChar >= last && turn.endChar > turn.startChar && turn.endChar <= rendered.text.length)
    assert(turn.message >= 0 && turn.message < given.messages.length)
    last = turn.endChar
  }
}

function checkPiece(text: string, piece: Piece, given: GivenData): void {
  assert(piece.writer.endChar > piece.writer.startChar && piece.writer.line >= 1 && piece.writer.column >= 1)
  const { source, sourceChar } = piece
  if (sourceChar === undefined || (source.kind !== 'message' && source.kind !== 'variable')) return
  const value = valueAt(source, given)
  assert.equal(typeof value, 'string', JSON.stringify(source))
  assert.equal(
    text.slice(piece.startChar, piece.endChar),
    (value as string).slice(sourceChar, sourceChar + piece.endChar - piece.startChar),
    JSON.stringify(source),
  )
}

/** The value that a source names. */
export function valueAt(source: Source & { readonly path: string }, given: GivenData): unknown {
  let value: unknown =
    source.kind === 'message'
      ? given.messages[source.message]
      : given.variables[(source as { name: string }).name]
  for (const [, name, quoted, index] of source.path.matchAll(
    /\.?([^.[\]]+)|\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]/g,
  )) {
    const key = name ?? (quoted === undefined ? Number(index) : (JSON.parse(quoted) as string))
    value = value instanceof Map ? value.get(key) : (value as Record<string | number, unknown>)[key]
  }
  return value
}
