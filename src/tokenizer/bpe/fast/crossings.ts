import type { BpeSpec } from '../spec.ts'
import { fallbackToken } from '../symbols.ts'

/** Between which characters a merge of the model may join, as assembly/crossings.ts reads it. */
export interface Crossings {
  /** Uint8Array[128 * 128] */
  readonly ascii: Uint8Array
  /** A bit for each pair, at its hash. */
  readonly bits: Uint8Array
}

const META = 0x2581
const SPACE = 0x20

/** 16 bits for each of gemma3's 34,000 pairs. */
const BIT_COUNT = 2 ** 19

/**
 * Pairs (last character of a merge's left part, first of its right part), with a space for U+2581.
 *
 * @returns undefined when that isn't all that can be joined: the model merges tokens that stand for bytes or for the unknown
 */
export function buildCrossings(spec: BpeSpec, splitBeforeSpace: boolean): Crossings | undefined {
  const special = new Set(Array.from({ length: 256 }, (_, byte) => fallbackToken(byte)))
  if (spec.unkToken !== undefined) special.add(spec.unkToken)
  const crossings = { ascii: new Uint8Array(128 * 128), bits: new Uint8Array(BIT_COUNT / 8) }
  for (const [left, right] of spec.merges) {
    if (special.has(left) || special.has(right)) return undefined
    add(crossings, lastCode(left), firstCode(right), splitBeforeSpace)
  }
  return crossings
}

function add({ ascii, bits }: Crossings, left: number, right: number, splitBeforeSpace: boolean): void {
  if (right === SPACE && splitBeforeSpace) return
  if ((left | right) < 128) {
    ascii[left * 128 + right] = 1
    return
  }
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)
  const bit = (Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 8) & (BIT_COUNT - 1)
  bits[bit >>> 3]! |= 1 << (bit & 7)
}

function firstCode(token: string): number {
  const code = token.codePointAt(0)!
  return code === META ? SPACE : code
}

function lastCode(token: string): number {
  const unit = token.charCodeAt(token.length - 1)
  const isLow = unit >= 0xdc00 && unit <= 0xdfff && token.length > 1
  const code = isLow ? token.codePointAt(token.length - 2)! : unit
  return code === META ? SPACE : code
}
