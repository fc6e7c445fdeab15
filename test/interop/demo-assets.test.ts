// What the demo ships, against the example that the project starts from.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { parseRow } from '../../src/conversation/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { Tokenizer } from '../../src/tokenizer/index.ts'
import { findShared } from './python.ts'

const ASSETS = fileURLToPath(new URL('../../../assets', import.meta.url))
const readAsset = (path: string) => readFileSync(join(ASSETS, path))

interface TokenizerJson {
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>
    readonly merges: readonly (string | string[])[]
  }
}

test('ships a tokenizer that is small on disk', () => {
  assert.ok(readAsset('mistral-7b-v0.1/tokenizer.json.gz').length < 450_000)
})

test('ships the tokenizer of Mistral-7B-v0.1: vocabulary, merges and all that stands round them', t => {
  const path = findShared('seed/tokenizer.json')
  if (path === undefined) return t.skip('../shared is not here')
  const shipped = JSON.parse(
    gunzipSync(readAsset('mistral-7b-v0.1/tokenizer.json.gz')).toString(),
  ) as TokenizerJson
  assert.deepEqual(
    withMergesAsPairs(shipped),
    withMergesAsPairs(JSON.parse(readFileSync(path, 'utf8')) as TokenizerJson),
  )
})

/** Merges may be written `"a b"` or `["a", "b"]`. */
function withMergesAsPairs({ model, ...rest }: TokenizerJson): object {
  const merges = model.merges.map(merge => (typeof merge === 'string' ? merge.split(' ') : merge))
  return { ...rest, model: { ...model, merges } }
}

test('renders and encodes the demo’s conversation as the example has it', async t => {
  const path = findShared('seed/completion-only-multi-turn.json')
  if (path === undefined) return t.skip('../shared is not here')
  const seed = JSON.parse(readFileSync(path, 'utf8')) as { text: string; input_ids: number[] }
  const { example } = parseRow(JSON.parse(readAsset('demo/conversation.json').toString()))
  assert.ok(example.kind === 'conversation')
  const template = ChatTemplate.compile(readAsset('demo/chat_template.jinja').toString())
  assert.equal(template.render(example).text, seed.text)
  const { text } = template.render(example, { variables: { bos_token: '<s>' } })
  const tokenizer = await Tokenizer.fromFolder(join(ASSETS, 'mistral-7b-v0.1'))
  assert.deepEqual(Array.from(tokenizer.encode(text, { addSpecialTokens: false }).ids), seed.input_ids)
})
