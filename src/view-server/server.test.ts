import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_SETTINGS } from '../view/index.ts'
import { makeViewServer, type ServedModel, type ServedView } from './server.ts'

const KEY = 'k3y'
const makeModel = (name: string, tables: Uint8Array | undefined): ServedModel => ({
  facts: {
    ...{
      templates: [],
      specialTokens: { name },
      generationStopIds: [],
      configStopIds: [],
      tokenizerConfig: {},
    },
  },
  tokenizerBin: async () => tables,
  tokenizerJson: () => JSON.stringify({ name }),
})
const VIEW: ServedView = {
  key: KEY,
  page: '<p>page</p>',
  facts: { models: ['a', 'b'], templates: [], settings: DEFAULT_SETTINGS, rowOptions: {}, now: 0 },
  models: [makeModel('a', undefined), makeModel('b', Uint8Array.of(1, 2))],
  rows: async function* () {
    yield '"a:1"\t{}\n'
    yield '"a:2"\t{}\n'
  },
}
const app = makeViewServer(VIEW)

const ask = (path: string, host = '127.0.0.1:8348'): Response | Promise<Response> =>
  app.request(`http://x${path}`, { headers: { host } })

test('gives the page, the model and the rows to who knows the key', async () => {
  assert.equal(await (await ask(`/${KEY}/`)).text(), '<p>page</p>')
  assert.equal(await (await ask(`/${KEY}/rows`)).text(), '"a:1"\t{}\n"a:2"\t{}\n')
  assert.equal(((await (await ask(`/${KEY}/facts`)).json()) as { now: number }).now, 0)
})

test('gives of each model its facts, and its tokenizer as tables or as JSON', async () => {
  const facts = (await (await ask(`/${KEY}/models/1/facts`)).json()) as { specialTokens: object }
  assert.deepEqual(facts.specialTokens, { name: 'b' })
  assert.equal(await (await ask(`/${KEY}/models/0/tokenizer.json`)).text(), '{"name":"a"}')
  assert.equal((await ask(`/${KEY}/models/0/tokenizer.bin`)).status, 404)
  assert.deepEqual(
    new Uint8Array(await (await ask(`/${KEY}/models/1/tokenizer.bin`)).arrayBuffer()),
    Uint8Array.of(1, 2),
  )
  for (const path of ['2/facts', '-1/facts', 'length/facts', '__proto__/facts', '0/x', '0/'])
    assert.equal((await ask(`/${KEY}/models/${path}`)).status, 404, path)
})

test('gives nothing without the key', async () => {
  for (const path of [
    '/',
    '/rows',
    '/other/',
    '/other/rows',
    '/k3/facts',
    '/k3/models/0/facts',
    `/${KEY}x/rows`,
  ])
    assert.equal((await ask(path)).status, 404, path)
})

test('answers to its own names only, so that no site can point its name here', async () => {
  for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:8348', ''])
    assert.equal((await ask(`/${KEY}/rows`, host)).status, 421, host)
  for (const host of ['localhost:9000', '127.0.0.1', '[::1]:8348'])
    assert.equal((await ask(`/${KEY}/rows`, host)).status, 200, host)
})

test('knows no paths but its own, whatever they climb over', async () => {
  const paths = [
    'package.json',
    '../package.json',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/etc/passwd',
    'rows/x',
  ]
  for (const path of paths) assert.equal((await ask(`/${KEY}/${path}`)).status, 404, path)
})

test('lets no other page frame, read or cache what it gives, refusals included', async () => {
  for (const path of [`/${KEY}/`, '/']) {
    const { headers } = await ask(path)
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('access-control-allow-origin'), null)
  }
})

test('stops reading the file when the page goes away in the middle', async () => {
  let isEnded = false
  const endless = makeViewServer({
    ...VIEW,
    rows: async function* () {
      try {
        for (;;) yield '"a:1"\t{}\n'
      } finally {
        isEnded = true
      }
    },
  })
  const response = await endless.request(`http://x/${KEY}/rows`, { headers: { host: 'localhost' } })
  const reader = response.body!.getReader()
  await reader.read()
  assert.equal(isEnded, false)
  await reader.cancel()
  assert.equal(isEnded, true)
})
