import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { makeModelFolder } from './model-folder.ts'
import { makeFolder, runCli, startCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const chats = writeRows(folder, 'chats.jsonl', [
  {
    messages: [
      { role: 'user', content: 'Of snow?' },
      { role: 'assistant', content: 'White.' },
    ],
  },
])

test('prints the address of its page, serves the rows below it, and ends at Ctrl-C', async () => {
  const { child, result } = startCli(['view', chats, '--tokenizer', model, '--port', '0'])
  const [printed] = (await once(child.stdout, 'data')) as [string]
  const address = printed.trim()
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{20,}\/$/)
  const page = await fetch(address)
  assert.match(await page.text(), /<title>Lossline<\/title>/)
  assert.match(await (await fetch(`${address}rows`)).text(), /^"[^"]*chats\.jsonl:1"\t\{"messages": .*\}\n$/)
  assert.equal((await fetch(new URL('/', address))).status, 404)
  child.kill('SIGINT')
  assert.equal((await result).code, 130)
})

test('opens its address with the opener of the system', {
  skip: process.platform !== 'linux',
  timeout: 60_000,
}, async () => {
  const bin = makeFolder()
  const told = join(bin, 'told')
  writeFileSync(
    join(bin, 'xdg-open'),
    `#!/bin/sh\nprintf %s "$1" > ${told}.part && mv ${told}.part ${told}\n`,
  )
  chmodSync(join(bin, 'xdg-open'), 0o755)
  const env = { PATH: `${bin}:${process.env['PATH']}` }
  const { child, result } = startCli(['view', chats, '--tokenizer', model, '--port', '0', '--open'], { env })
  const [printed] = (await once(child.stdout, 'data')) as [string]
  while (!existsSync(told)) await setImmediate()
  assert.equal(readFileSync(told, 'utf8'), printed.trim())
  child.kill('SIGINT')
  await result
})

test('says so where there is no opener, and serves all the same', { timeout: 60_000 }, async () => {
  const env = { PATH: makeFolder() }
  const { child, result } = startCli(['view', chats, '--tokenizer', model, '--port', '0', '--open'], { env })
  const [printed] = (await once(child.stdout, 'data')) as [string]
  while (!/no browser/.test(await once(child.stderr, 'data').then(String))) {}
  assert.equal((await fetch(printed.trim())).status, 200)
  child.kill('SIGINT')
  assert.match((await result).stderr, /no browser could be opened with .*: open the address above\.\n/)
})

test('serves all models and templates that are named, and names what of them is broken', async () => {
  const other = makeModelFolder()
  const template = join(folder, 'plain.jinja')
  writeFileSync(template, '{% for m in messages %}{{ m.content }}{% endfor %}')
  const named = ['--tokenizer', model, '--tokenizer', other, '--chat-template', template]
  const { child, result } = startCli(['view', chats, ...named, '--port', '0'])
  const [printed] = (await once(child.stdout, 'data')) as [string]
  const facts = (await (await fetch(`${printed.trim()}facts`)).json()) as {
    models: string[]
    templates: { name: string }[]
    settings: { template: unknown }
  }
  assert.equal(facts.models.length, 2)
  assert.deepEqual(facts.settings.template, { kind: 'named', name: 'plain.jinja' })
  child.kill('SIGINT')
  await result
  const { stderr, code } = await runCli(['view', chats, ...named, '--tokenizer', join(folder, 'none')])
  assert.match(stderr, /none does not exist|none/)
  assert.equal(code, 1)
})

test('says that a port is in use', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, stderr, stdout } = await runCli(['view', chats, '--tokenizer', model, '--port', String(port)])
  other.close()
  assert.equal(stdout, '')
  assert.match(
    stderr,
    new RegExp(`^lossline: --port ${port} is in use\\. Name another, or leave it out\\.\n$`),
  )
  assert.notEqual(code, 0)
})

test('says before it serves anything what can’t be shown', async () => {
  const run = async (file: string, ...args: string[]): Promise<string> => {
    const { code, stderr } = await runCli(['view', file, '--tokenizer', model, '--port', '0', ...args])
    assert.notEqual(code, 0)
    return stderr
  }
  assert.match(await run('-'), /^lossline: stdin can't be read again .*\n$/)
  assert.match(await run(join(folder, 'none.jsonl')), /^lossline: .*none\.jsonl does not exist.*\n$/)
  assert.match(await run(chats, '--mask', 'assistent'), /Did you mean assistant/)
})

test('says where a page can’t be written', async () => {
  const out = join(folder, 'none', 'out.html')
  const { code, stderr } = await runCli(['show', chats, '--tokenizer', model, '--html', out])
  assert.equal(code, 1)
  assert.match(stderr, /^lossline: .*out\.html can't be written \(ENOENT\)\. .*\n$/)
})
