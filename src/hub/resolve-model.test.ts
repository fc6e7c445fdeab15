import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { describeError, LosslineError } from '../error.ts'
import { readModelFolder, readTokenizerJson, resolveModel } from './index.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const TOKENIZER = '{"model": {"type": "BPE"}}'
const FILES: Readonly<Record<string, string>> = {
  'config.json': '{"eos_token_id": 7}',
  'tokenizer_config.json': '{"eos_token": "</s>"}',
  'chat_template.jinja': '{{ messages }}',
  'additional_chat_templates/tool_use.jinja': '{{ tools }}',
  'model.safetensors': 'large',
  'tokenizer.json': TOKENIZER,
}

const requests: { path: string; headers: IncomingHttpHeaders }[] = []
let hub: Server
let store: Server
let folder: string
let env: Record<string, string>

/** Two servers: the Hub, which redirects large files, and the store that it redirects to. */
before(async () => {
  store = createServer((request, response) => {
    requests.push({ path: `store ${request.url}`, headers: request.headers })
    response.setHeader('etag', '"of the store"')
    response.end(TOKENIZER)
  })
  await listen(store)
  hub = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers })
    answer(request.url ?? '', response)
  })
  await listen(hub)
})

function listen(server: Server): Promise<void> {
  return new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
}

function answer(path: string, response: import('node:http').ServerResponse): void {
  if (path.startsWith('/api/models/gated/')) response.statusCode = 401
  else if (path === '/api/models/org/name/revision/main') {
    const siblings = Object.keys(FILES).map(rfilename => ({ rfilename }))
    response.end(JSON.stringify({ sha: COMMIT, siblings }))
    return
  } else if (path === `/org/name/resolve/${COMMIT}/tokenizer.json`) {
    response.statusCode = 302
    response.setHeader('location', `${addressOf(store)}/blob`)
    response.setHeader('x-linked-etag', `"${createHash('sha256').update(TOKENIZER).digest('hex')}"`)
  } else {
    const content = FILES[path.slice(`/org/name/resolve/${COMMIT}/`.length)]
    if (content === undefined) response.statusCode = 404
    else response.setHeader('etag', `"${gitHash(content)}"`)
    response.end(content ?? '')
    return
  }
  response.end()
}

function gitHash(content: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest('hex')
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeEach(() => {
  requests.length = 0
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  folder = mkdtempSync(join(tmpdir(), 'lossline-hub-'))
  env = { HF_HOME: folder, HF_ENDPOINT: addressOf(hub), HF_TOKEN: 'a token' }
})

after(() => {
  rmSync(folder, { recursive: true, force: true })
  hub.close()
  store.close()
})

async function failure(name: string): Promise<string> {
  const error = await resolveModel(name, { env }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert(error instanceof LosslineError, String(error))
  return describeError(error)
}

test('downloads the small files of a model into the cache layout of huggingface_hub', async () => {
  const path = await resolveModel('org/name', { env })
  assert.equal(path, join(folder, 'hub', 'models--org--name', 'snapshots', COMMIT))
  const model = readModelFolder(path)
  assert.equal(readTokenizerJson(model), TOKENIZER)
  assert.deepEqual(
    model.templates.map(({ name }) => name),
    ['default', 'tool_use'],
  )
  assert.deepEqual(model.configStopIds, [7])
  assert.equal(readFileSync(join(folder, 'hub/models--org--name/refs/main'), 'utf8'), COMMIT)
  assert(lstatSync(join(path, 'tokenizer.json')).isSymbolicLink())
  assert(!requests.some(request => request.path.includes('safetensors')))
})

test('sends the token to the Hub and to no server behind it', async () => {
  await resolveModel('org/name', { env })
  for (const { path, headers } of requests) {
    assert.equal(headers.authorization, path.startsWith('store ') ? undefined : 'Bearer a token', path)
  }
  assert(requests.some(({ path }) => path.startsWith('store ')))
})

test('asks nothing of the network for a model that is in the cache', async () => {
  const path = await resolveModel('org/name', { env })
  requests.length = 0
  assert.equal(await resolveModel('org/name', { env }), path)
  assert.equal(await resolveModel(`org/name@${COMMIT}`, { env: { ...env, HF_HUB_OFFLINE: '1' } }), path)
  assert.deepEqual(requests, [])
})

test('completes a snapshot of which another tool has fetched a part', async () => {
  const snapshot = join(folder, 'hub/models--org--name/snapshots', COMMIT)
  mkdirSync(snapshot, { recursive: true })
  writeFileSync(join(snapshot, 'config.json'), '{"eos_token_id": 8}')
  const model = readModelFolder(await resolveModel('org/name', { env }))
  assert.deepEqual(model.configStopIds, [8])
  assert.equal(readTokenizerJson(model), TOKENIZER)
})

test('takes what is on this machine before any name of the Hub', async () => {
  assert.equal(await resolveModel(folder, { env }), folder)
  assert.deepEqual(requests, [])
})

test('says in one line why a model is not to be had', async () => {
  env['HF_TOKEN'] = ''
  const lines = [
    ['org/other', 'org/other is no folder here and no model of the Hub. Check the name.'],
    [
      'gated/model',
      'gated/model is no folder here, and no model that the Hub gives access to. Check the name; for a gated or private model set HF_TOKEN.',
    ],
    [
      './nowhere',
      './nowhere does not exist. Name a model folder, a tokenizer.json, or a model of the Hub (org/name).',
    ],
  ] as const
  for (const [name, line] of lines) assert.equal(await failure(name), line)
  env['HF_HUB_OFFLINE'] = '1'
  assert.equal(
    await failure('org/name'),
    `org/name is no folder here, and not in the Hub's cache (${folder}/hub/models--org--name). Unset HF_HUB_OFFLINE to download it.`,
  )
  env['HF_HUB_OFFLINE'] = ''
  env['HF_ENDPOINT'] = 'http://127.0.0.1:1'
  assert.match(
    await failure('org/name'),
    /^org\/name is no folder here, and http:\/\/127\.0\.0\.1:1 can't be reached \(.+\)\. Check the name and the connection/,
  )
})

test('asks nothing of the network for what looks like a mistyped path', async () => {
  const home = process.cwd()
  mkdirSync(join(folder, 'models'))
  process.chdir(folder)
  try {
    for (const name of ['modle', `${folder}/nothing`, 'models/nothing', 'org/tokenizer.json']) {
      assert.match(await failure(name), / does not exist\. Name a model folder/, name)
    }
  } finally {
    process.chdir(home)
  }
  assert.deepEqual(requests, [])
})
