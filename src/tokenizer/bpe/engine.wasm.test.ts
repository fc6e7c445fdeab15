import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ENGINE_WASM } from './engine.wasm.ts'

test('engine.wasm.ts is what its source compiles to', async () => {
  const script: unknown = await import(pathToFileURL(resolve('scripts/build-wasm.mjs')).href)
  const { compileEngine } = script as { compileEngine(): Promise<Buffer> }
  const isFresh = (await compileEngine()).toString('base64') === ENGINE_WASM
  assert.ok(isFresh, 'src/tokenizer/bpe/assembly has changed: run npm run build:wasm')
})
