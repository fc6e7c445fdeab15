import { ENGINE_WASM } from '../engine.wasm.ts'

// A file of typed arrays: four words (magic, version, checksum of what follows, bytes of the JSON), the JSON, then the arrays, each at
// a multiple of 8. Numbers are of the machine, little-endian everywhere that this runs.

/** `LLBP` */
const MAGIC = 0x50424c4c
const HEADER_BYTES = 16
/** Raise it when what the arrays mean changes in TypeScript; the engine's own changes are seen by its code. */
const FORMAT = 1

export type Section = Uint8Array | Int32Array | Uint32Array
type SectionType = 'Uint8Array' | 'Int32Array' | 'Uint32Array'

interface Place {
  readonly type: SectionType
  /** Bytes from the end of the JSON, and elements. */
  readonly offset: number
  readonly length: number
}

interface Preamble {
  readonly places: Readonly<Record<string, Place>>
  readonly data: unknown
}

/** One block of bytes of some JSON data and named arrays. */
export function writeSections(data: unknown, sections: Readonly<Record<string, Section>>): Uint8Array {
  const places: Record<string, Place> = {}
  let offset = 0
  for (const [name, section] of Object.entries(sections)) {
    places[name] = { type: typeOf(section), offset, length: section.length }
    offset = roundUp(offset + section.byteLength)
  }
  const json = new TextEncoder().encode(JSON.stringify({ places, data } satisfies Preamble))
  const start = roundUp(HEADER_BYTES + json.length)
  const bytes = new Uint8Array(start + offset)
  bytes.set(json, HEADER_BYTES)
  for (const [name, section] of Object.entries(sections)) {
    const raw = new Uint8Array(section.buffer, section.byteOffset, section.byteLength)
    bytes.set(raw, start + places[name]!.offset)
  }
  const header = new Uint32Array(bytes.buffer, 0, 4)
  header.set([MAGIC, version(), 0, json.length])
  header[2] = checksum(bytes)
  return bytes
}

/**
 * What {@link writeSections} was given; the arrays are views of `bytes`.
 *
 * @returns undefined for bytes that are damaged, cut, of another version or of something else
 */
export function readSections(
  bytes: Uint8Array,
): { readonly data: unknown; readonly sections: Readonly<Record<string, Section>> } | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  const { buffer, byteOffset } = aligned
  const [magic, fileVersion, sum, jsonLength] = new Uint32Array(buffer, byteOffset, 4)
  if (magic !== MAGIC || fileVersion !== version() || sum !== checksum(aligned)) return undefined
  const json = new TextDecoder().decode(aligned.subarray(HEADER_BYTES, HEADER_BYTES + jsonLength!))
  // The checksum is right: this is what writeSections wrote.
  const { places, data } = JSON.parse(json) as Preamble
  const start = byteOffset + roundUp(HEADER_BYTES + jsonLength!)
  const sections: Record<string, Section> = {}
  for (const [name, { type, offset, length }] of Object.entries(places)) {
    sections[name] = viewOf(type, buffer, start + offset, length)
  }
  return { data, sections }
}

function typeOf(section: Section): SectionType {
  if (section instanceof Uint8Array) return 'Uint8Array'
  return section instanceof Int32Array ? 'Int32Array' : 'Uint32Array'
}

function viewOf(type: SectionType, buffer: ArrayBufferLike, offset: number, length: number): Section {
  if (type === 'Uint8Array') return new Uint8Array(buffer, offset, length)
  return type === 'Int32Array'
    ? new Int32Array(buffer, offset, length)
    : new Uint32Array(buffer, offset, length)
}

function roundUp(bytes: number): number {
  return (bytes + 7) & ~7
}

function version(): number {
  let hash = FORMAT
  for (let i = 0; i < ENGINE_WASM.length; i++) hash = Math.imul(hash ^ ENGINE_WASM.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Of all that follows it in the header and behind: four sums side by side, so that no step waits for the one before. */
function checksum(bytes: Uint8Array): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2)
  let [a, b, c, d] = [bytes.byteLength, 1, 2, 3]
  let i = 3
  for (; i + 3 < words.length; i += 4) {
    a = Math.imul(a ^ words[i]!, 0x9e3779b1)
    b = Math.imul(b ^ words[i + 1]!, 0x85ebca6b)
    c = Math.imul(c ^ words[i + 2]!, 0xc2b2ae35)
    d = Math.imul(d ^ words[i + 3]!, 0x27d4eb2f)
  }
  for (; i < words.length; i++) a = Math.imul(a ^ words[i]!, 0x9e3779b1)
  for (let at = words.length * 4; at < bytes.byteLength; at++) b = Math.imul(b ^ bytes[at]!, 0x85ebca6b)
  return (a ^ (b >>> 7) ^ (c >>> 13) ^ (d >>> 17)) >>> 0
}
