import type { Section } from './sections.ts'

/** A vocabulary as arrays: nothing is decoded before it is asked for. */
export interface PackedVocabulary {
  readonly size: number
  tokenToId(token: string): number | undefined
  idToToken(id: number): string | undefined
}

/** @param vocab its order is kept for nothing: ids may have gaps */
export function packVocabulary(vocab: ReadonlyMap<string, number>): Record<string, Section> {
  const encoder = new TextEncoder()
  const encoded = Array.from(vocab.keys(), token => encoder.encode(token))
  const ends = new Uint32Array(encoded.length)
  const tokens = new Uint8Array(encoded.reduce((sum, bytes) => sum + bytes.length, 0))
  let at = 0
  encoded.forEach((bytes, index) => {
    tokens.set(bytes, at)
    at += bytes.length
    ends[index] = at
  })
  const ids = Uint32Array.from(vocab.values())
  const byId = new Uint32Array(ids.reduce((top, id) => Math.max(top, id), 0) + 1)
  ids.forEach((id, index) => {
    byId[id] = index + 1
  })
  return { tokens, tokenEnds: ends, tokenIds: ids, tokensById: byId, tokensByHash: hashTokens(vocab) }
}

/** Open addressing: index of the token + 1, 0 where free. */
function hashTokens(vocab: ReadonlyMap<string, number>): Uint32Array {
  let size = 16
  while (size * 0.6 < vocab.size) size *= 2
  const slots = new Uint32Array(size)
  let index = 0
  for (const token of vocab.keys()) {
    let slot = hashOf(token) & (size - 1)
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1)
    slots[slot] = ++index
  }
  return slots
}

export function unpackVocabulary(sections: Readonly<Record<string, Section>>): PackedVocabulary {
  const tokens = sections['tokens'] as Uint8Array
  const words = (name: string) => sections[name] as Uint32Array
  const [tokenEnds, tokenIds] = [words('tokenEnds'), words('tokenIds')]
  const [tokensById, tokensByHash] = [words('tokensById'), words('tokensByHash')]
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const tokenAt = (index: number) => {
    const start = index === 0 ? 0 : tokenEnds[index - 1]!
    return decoder.decode(tokens.subarray(start, tokenEnds[index]!))
  }
  const mask = tokensByHash.length - 1
  return {
    size: tokenIds.length,
    tokenToId: token => {
      for (let slot = hashOf(token) & mask; ; slot = (slot + 1) & mask) {
        const index = tokensByHash[slot]! - 1
        if (index < 0) return undefined
        if (tokenAt(index) === token) return tokenIds[index]!
      }
    },
    idToToken: id => {
      const index = (tokensById[id] ?? 0) - 1
      return index < 0 ? undefined : tokenAt(index)
    },
  }
}

function hashOf(token: string): number {
  let hash = token.length
  for (let i = 0; i < token.length; i++) hash = Math.imul(hash ^ token.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
