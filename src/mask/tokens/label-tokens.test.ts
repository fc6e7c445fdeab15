import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { Piece, Turn } from '../../template/index.ts'
import { LazyMasked } from '../lazy-masked.ts'
import type { MaskInput } from '../mask-input.ts'
import { REASONS, SOURCES } from '../masked.ts'
import { labelTokens } from './label-tokens.ts'
import type { SpanPart } from './span-part.ts'

const LENGTH = 40
const WRITER = { startChar: 0, endChar: 0, line: 1, column: 1 }

/** Ranges behind one another, with the cuts given. */
const toRanges = (cuts: readonly number[]): { startChar: number; endChar: number }[] => {
  const places = [...new Set([0, ...cuts, LENGTH])].sort((a, b) => a - b)
  return places.slice(1).map((endChar, i) => ({ startChar: places[i]!, endChar }))
}
const arbRanges = fc.array(fc.integer({ min: 1, max: LENGTH - 1 }), { maxLength: 15 }).map(toRanges)
const arbPieces = fc
  .tuple(arbRanges, fc.infiniteStream(fc.integer({ min: -1, max: 3 })))
  .map(([ranges, messages]): Piece[] =>
    ranges.map(range => {
      const message = messages.next().value!
      const source =
        message === -1
          ? ({ kind: 'literal', place: WRITER } as const)
          : ({ kind: 'message', message, field: 'content', path: 'content' } as const)
      return { ...range, source, sourceChar: undefined, writer: WRITER }
    }),
  )
const arbTurns = fc
  .tuple(arbRanges, fc.infiniteStream(fc.boolean()))
  .map(([ranges, isTurn]): Turn[] =>
    ranges.flatMap((r, message) => (isTurn.next().value ? [{ ...r, message }] : [])),
  )
/** Untrained parts may overlap all others. */
const arbParts = fc
  .tuple(arbRanges, arbRanges, fc.infiniteStream(fc.integer({ min: 0, max: 2 })))
  .map(([trained, others, dice]): SpanPart[] =>
    [
      ...trained.map(range => ({ ...range, weight: 1, reason: 'answer' as const, message: 7 })),
      ...others.map(range => ({ ...range, weight: 0, reason: 'other-turn' as const, message: undefined })),
    ]
      .filter(() => dice.next().value === 0)
      .sort((a, b) => a.startChar - b.startChar),
  )
/** Some characters are shared by several tokens, some are in none; what a tokenizer adds is empty. */
const arbTokens = fc
  .tuple(arbRanges, fc.infiniteStream(fc.integer({ min: 0, max: 9 })))
  .map(([ranges, dice]) =>
    ranges.flatMap(range => {
      const side = dice.next().value!
      if (side === 0) return []
      if (side === 1) return [range, range, range]
      return side === 2 ? [{ startChar: range.endChar, endChar: range.endChar }, range] : [range]
    }),
  )

test('gives every token what its own characters say, however tokens, pieces, turns and parts are cut', () => {
  fc.assert(
    fc.property(arbTokens, arbPieces, arbTurns, arbParts, (tokens, pieces, turns, parts) => {
      const encoded = {
        text: 'x'.repeat(LENGTH),
        ids: Int32Array.from(tokens, (_, t) => 100 + t),
        starts: Int32Array.from(tokens, ({ startChar }) => startChar),
        ends: Int32Array.from(tokens, ({ endChar }) => endChar),
      }
      const rendered = { text: encoded.text, pieces, turns, marks: [], usesClock: false }
      const runs = labelTokens({ rendered, encoded } as unknown as MaskInput, parts)
      const masked = new LazyMasked({
        rendered,
        encoded,
        runs,
        spans: [],
        findings: [],
        roles: [],
        turn: undefined,
      })
      const found = tokens.map((_, t) => ({
        label: masked.labels[t],
        weight: masked.weights[t],
        message: masked.messages[t],
        source: SOURCES[masked.sources[t]!],
        reason: REASONS[masked.reasons[t]!],
      }))
      assert.deepEqual(
        found,
        tokens.map((token, t) => labelOne(token, { id: 100 + t, pieces, turns, parts })),
      )
      assert.deepEqual(
        runs.flatMap(({ startToken, endToken }) => [startToken, endToken]),
        [0, ...runs.slice(1).flatMap(({ startToken }) => [startToken, startToken]), tokens.length].slice(
          0,
          2 * runs.length,
        ),
      )
    }),
    { numRuns: 2000 },
  )
})

interface Range {
  readonly startChar: number
  readonly endChar: number
}

/** The rules for one token, read off character by character. */
function labelOne(
  token: Range,
  { id, pieces, turns, parts }: { id: number; pieces: Piece[]; turns: Turn[]; parts: SpanPart[] },
): object {
  const shared = (range: Range): number =>
    Math.min(range.endChar, token.endChar) - Math.max(range.startChar, token.startChar)
  if (token.endChar === token.startChar)
    return { label: -100, weight: 0, message: -1, source: 'tokenizer', reason: 'added-by-tokenizer' }
  const most = Math.max(...pieces.map(shared))
  const { source } = pieces.find(piece => shared(piece) === most)!
  const turn = turns.find(
    ({ startChar, endChar }) => startChar <= token.startChar && token.startChar < endChar,
  )
  const held = parts.filter(part => shared(part) > 0)
  const part = held.find(({ weight }) => weight !== 0) ?? held[0]
  const own = source.kind === 'message' ? source.message : (turn?.message ?? -1)
  const isTrained = part !== undefined && part.weight !== 0
  return {
    label: isTrained ? id : -100,
    weight: isTrained ? 1 : 0,
    message: isTrained ? 7 : own,
    source: source.kind === 'message' ? 'content' : 'template',
    reason: part?.reason ?? (source.kind === 'message' ? 'prompt' : 'template'),
  }
}
