import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { columnFromArray, field, list, struct, tableFromColumns, tableToIPC, utf8 } from '@uwdata/flechette'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath, launchBrowser, NO_CHROMIUM, newPage } from './browser.ts'
import { serveView } from './serve-view.ts'
import { BARE, ROWS, trainedText, writeModel } from './view-fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'lossline-drop-'))
after(() => rmSync(folder, { recursive: true, force: true }))

describe('the page that looks, opened from a disk', {
  skip: chromiumPath === undefined ? NO_CHROMIUM : false,
}, () => {
  let browser: Browser
  const model = join(folder, 'model')
  const bare = join(folder, 'bare')
  const chats = join(folder, 'chats.jsonl')
  before(async () => {
    execFileSync(process.execPath, ['scripts/build-pages.mjs', 'view'])
    writeModel(model)
    writeModel(bare, BARE)
    writeFileSync(chats, ROWS.map(row => JSON.stringify(row)).join('\n'))
    browser = await launchBrowser()
  })
  after(() => browser?.close())

  const modelFiles = ['tokenizer.json', 'tokenizer_config.json'].map(name => join(model, name))
  async function openDisk(): Promise<Page> {
    const page = await newPage(browser)
    await page.goto(pathToFileURL('dist/browser/view/index.html').href)
    return page
  }

  test('takes a file and a folder that are dropped on it', async () => {
    const page = await openDisk()
    await drop(page, '#dataset-drop', [chats])
    await page.getByText('chats.jsonl').waitFor()
    await drop(page, '#model-drop', [model])
    await page.locator('.turn pre').first().waitFor()
    assert.equal(await trainedText(page), 'White.\n\tAnd  cold.<|im_end|>')
    assert.equal(await page.getByLabel('Tokenizer').inputValue(), 'model')
    assert.equal(await page.textContent('h1'), 'chats.jsonl')
    // Later another model and a template, anywhere on the page.
    await drop(page, 'main', [bare])
    await page.getByText('[user]').first().waitFor()
    assert.equal(await page.getByLabel('Tokenizer').inputValue(), 'bare')
    writeFileSync(join(folder, 'loud.jinja'), '{% for m in messages %}{{ m.content | upper }}{% endfor %}')
    await drop(page, 'main', [join(folder, 'loud.jinja')])
    await page.getByText('WHAT').first().waitFor()
    await drop(page, 'main', [chats])
    assert.match((await page.getByRole('alert').textContent()) ?? '', /chats\.jsonl is neither/)
    await page.close()
  })

  test('takes all at once, in either box', async () => {
    const page = await openDisk()
    await drop(page, '#model-drop', [...modelFiles, chats])
    await page.locator('.turn pre').first().waitFor()
    assert.equal(await page.locator('.row').count(), ROWS.length)
    await page.close()
  })

  const chatsText = ROWS.slice(0, 2).map(row => JSON.stringify(row))
  const odd = 'prompt,completion\r\n"Say ""a\nb""",it\r\n\r\n6" pipe,"x,y"\r\na,b,c\r\n"x"y,z\r\nlast,"row"'
  const zst = async (text: string): Promise<Buffer> => {
    const zstd = await import('@bokuweb/zstd-wasm')
    await zstd.init()
    return Buffer.from(zstd.compress(Buffer.from(text), 3))
  }
  const formats: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
    'a.jsonl': () => Buffer.from(`\n${chatsText.join('\r\n\n')}\n{"broken\n`),
    'a.json': () => Buffer.from(` [${chatsText.join(',\n')}]`),
    'a.jsonl.gz': () => gzipSync(chatsText.join('\n')),
    'a.jsonl.zst': () => zst(chatsText.join('\n')),
    'a.csv': () => Buffer.from(odd),
    'latin-1.jsonl': () =>
      Buffer.concat([
        Buffer.from('\uFEFF'),
        Buffer.from(`${chatsText[0]}\n\n{"text": "caf\u00e9"}\n${chatsText[1]}\n`, 'latin1'),
      ]),
    'latin-1.csv': () => Buffer.from('prompt,completion\na,b\n\n"caf\u00e9,\nc",d\ne,f', 'latin1'),
    'marked.csv': () => Buffer.from('\uFEFF"no\nte",prompt,completion\nx,What?,Yes.\n'),
    // What is read at once ends behind the blank line.
    'blank.jsonl': () =>
      Buffer.concat([
        Buffer.from('{"text": "caf\u00e9"}\n\n', 'latin1'),
        Buffer.from(`{"text": "x"${' '.repeat(4e6)}}\n{"text": 3}\n`),
      ]),
    'a.tsv': () => Buffer.from('prompt\tcompletion\nWhat, why?\tYes.\n'),
    'a.csv.gz': () => gzipSync(odd),
    'named-otherwise.txt': () => Buffer.from('\uFEFFprompt,completion\nWhat?,Yes.\n'),
    'a.arrow': () => toArrow('file'),
    'stream.arrow': () => toArrow('stream'),
    'a.arrow.gz': () => gzipSync(toArrow('stream')),
  }
  for (const [name, make] of Object.entries(formats)) {
    test(`reads ${name} as lossline view does`, async () => {
      const path = join(folder, name)
      writeFileSync(path, await make())
      const here = await openDisk()
      await here.setInputFiles('#dataset-files', path)
      await here.setInputFiles('#model-files', modelFiles)
      const there = await serveView([path, '--tokenizer', model])
      const page = await newPage(browser)
      await page.goto(there.address)
      const [found, expected] = await Promise.all([here, page].map(listRows))
      assert.deepEqual(
        found,
        expected!.map(text => text.replaceAll(`${folder}/`, '')),
      )
      there.close()
      await Promise.all([here.close(), page.close()])
    })
  }

  for (const [name, bytes, expected] of [
    ['a.parquet', Buffer.from('PAR1....'), /is Parquet; this page reads .* lossline view/],
    [
      'cut.jsonl.gz',
      gzipSync(chatsText.join('\n')).subarray(0, 60),
      /is gzip that is damaged, or ends too early/,
    ],
    ['empty.jsonl', Buffer.from(' \n'), /is empty/],
    ['list.json', Buffer.from('[{"text": "a"}, oops]'), /list\.json.* character 15|list\.json/],
  ] as const) {
    test(`says in a line what is wrong with ${name}`, async () => {
      const page = await openDisk()
      await page.setInputFiles('#dataset-files', { name, mimeType: '', buffer: bytes })
      await page.setInputFiles('#model-files', modelFiles)
      await page.getByRole('alert').waitFor()
      assert.match((await page.getByRole('alert').textContent()) ?? '', expected)
      await page.close()
    })
  }
})

/** Arrow IPC with a column of messages. */
function toArrow(format: 'file' | 'stream'): Buffer {
  const message = struct([field('role', utf8()), field('content', utf8())])
  const messages = ROWS.slice(0, 2).map(row => (row as { messages: object[] }).messages)
  const table = tableFromColumns({ messages: columnFromArray(messages, list(message)) })
  return Buffer.from(tableToIPC(table, { format })!)
}

/** All rows as the page has them, in a line each. */
async function listRows(page: Page): Promise<string[]> {
  await page.locator('.row').first().waitFor()
  const count = await page.locator('.row').count()
  const rows: string[] = []
  for (let row = 0; row < count; row++) {
    await page.locator(`#row-${row}`).click()
    const shown = page.locator('main')
    await shown.locator('.where, .warn').first().waitFor()
    await page.waitForURL(new RegExp(`#row=${row}$`))
    await page.locator('main .turn, main .warn').first().waitFor()
    const texts = await shown.locator('.where, > .warn, pre').allTextContents()
    rows.push(texts.join('\n'))
  }
  return rows
}

/** Drops files and folders of this disk, as a person does. */
async function drop(page: Page, target: string, files: readonly string[]): Promise<void> {
  const box = await page.locator(target).first().boundingBox()
  assert.ok(box !== null)
  const { x, y } = { x: box.x + box.width / 2, y: box.y + Math.min(40, box.height / 2) }
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x, y, data })
  await session.detach()
}
