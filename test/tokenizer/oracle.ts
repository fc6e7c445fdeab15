// The native `tokenizers` package beside ours, on one tokenizer.json: by the fast encoder where there is one, and by the general path.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import { createBpeTokenizer } from '../../src/tokenizer/bpe-tokenizer.ts'
import { type Encoded, Tokenizer } from '../../src/tokenizer/index.ts'
import { parseTokenizerJson } from '../../src/tokenizer/tokenizer-json/index.ts'

export interface Pair {
  readonly native: NativeTokenizer
  /** Ours, by every way there is. */
  readonly ours: readonly Tokenizer[]
}

export async function openPair(json: string | object): Promise<Pair> {
  const text = typeof json === 'string' ? json : JSON.stringify(json)
  const native = NativeTokenizer.fromString(text)
  native.disableTruncation()
  native.disablePadding()
  const { model, ...steps } = parseTokenizerJson(text)
  const ours: Tokenizer[] = [await Tokenizer.fromJSON(text)]
  if (model.kind === 'BPE') ours.push(createBpeTokenizer(steps, model, undefined))
  return { native, ours }
}

/** Ids, offsets and decoding must be the same, with special tokens added and without. */
export async function assertSame({ native, ours }: Pair, text: string): Promise<void> {
  for (const addSpecialTokens of [false, true]) {
    const expected = await encodeNatively(native, text, addSpecialTokens)
    for (const [way, tokenizer] of ours.entries()) {
      const found = toTokens(tokenizer.encode(text, { addSpecialTokens }))
      const message = `${JSON.stringify(text.slice(0, 200))}, way ${way}${addSpecialTokens ? ', with special tokens' : ''}`
      assert.deepEqual(found, expected, message)
    }
  }
}

export async function assertDecodesSame({ native, ours }: Pair, ids: readonly number[]): Promise<void> {
  for (const skipSpecialTokens of [false, true]) {
    const expected = await native.decode([...ids], skipSpecialTokens)
    for (const tokenizer of ours)
      assert.equal(tokenizer.decode(ids, { skipSpecialTokens }), expected, `${ids.slice(0, 100)}`)
  }
}

/** id, start, end of each token, in UTF-16 units. */
type Tokens = readonly (readonly [id: number, start: number, end: number])[]

export async function encodeNatively(
  native: NativeTokenizer,
  text: string,
  addSpecialTokens = false,
): Promise<Tokens> {
  const encoding = await native.encode(text, null, { addSpecialTokens })
  const units = [0]
  for (const char of text) units.push(units.at(-1)! + char.length)
  const offsets = encoding.getOffsets()
  return encoding.getIds().map((id, t) => [id, units[offsets[t]![0]!]!, units[offsets[t]![1]!]!])
}

export function toTokens({ ids, starts, ends }: Encoded): Tokens {
  return Array.from(ids, (id, t) => [id, starts[t]!, ends[t]!])
}

/** The tokenizers of ../shared: name and text of the tokenizer.json. */
export function readSharedTokenizers(shared: string): [name: string, json: string][] {
  const folder = join(shared, 'tokenizers')
  const names = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory())
  return [
    ...names.map(({ name }): [string, string] => [name, readGzip(join(folder, name, 'tokenizer.json.gz'))]),
    ['mistral-v0.1', readFileSync(join(shared, 'seed/tokenizer.json'), 'utf8')],
    ['stories260K', readFileSync(join(shared, 'models/stories260K/tokenizer.json'), 'utf8')],
  ]
}

export function readGzip(file: string): string {
  return gunzipSync(readFileSync(file)).toString('utf8')
}
