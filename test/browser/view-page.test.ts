import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath, launchBrowser, NO_CHROMIUM, newPage } from './browser.ts'
import type { ServedPage } from './serve-page.ts'
import { serveView } from './serve-view.ts'
import {
  BARE,
  chat,
  folderWithout,
  HOSTILE,
  ROWS,
  TEMPLATE,
  toFile,
  trainedText,
  writeModel,
} from './view-fixture.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'lossline-view-'))
after(() => rmSync(folder, { recursive: true, force: true }))

describe('the page that looks', { skip: chromiumPath === undefined ? NO_CHROMIUM : false }, () => {
  let browser: Browser
  let served: ServedPage
  const model = join(folder, 'model')
  const bare = join(folder, 'bare')
  const chats = join(folder, 'chats.jsonl')
  before(async () => {
    execFileSync(process.execPath, ['scripts/build-pages.mjs', 'view'])
    writeModel(model)
    const many = Array.from({ length: 996 }, (_, i) => chat(`Question ${i}?`, `Answer ${i}.`))
    writeFileSync(chats, [...ROWS, ...many].map(row => JSON.stringify(row)).join('\n'))
    browser = await launchBrowser()
    writeModel(bare, BARE)
    served = await serveView([chats, '--tokenizer', model, '--tokenizer', bare])
  })
  after(async () => {
    served?.close()
    await browser?.close()
  })

  async function open(hash = '', address = served.address): Promise<Page> {
    const page = await newPage(browser, { viewport: { width: 1400, height: 900 } })
    await page.goto(`${address}${hash}`)
    await page.locator('.turn pre').first().waitFor()
    return page
  }
  const whole = (page: Page): Promise<void> =>
    page
      .locator('.counts')
      .filter({ hasText: /^1,000 rows\s*$/ })
      .waitFor()
  /** Until the rows in sight have their beginnings. */
  const headed = async (page: Page): Promise<void> => {
    await page.locator('.row-text').filter({ hasText: /^…$/ }).first().waitFor({ state: 'detached' })
  }

  test('shows a row with its turns, and what is trained', async () => {
    const page = await open()
    assert.deepEqual(await trainedText(page), 'White.\n\tAnd  cold.<|im_end|>')
    assert.match((await page.textContent('.example-title')) ?? '', /^\d+ tokens\. assistant: \d+ trained/)
    assert.equal(await page.locator('.turn').count(), 2)
    await page.close()
  })

  test('tells all of a token, and lights up what wrote it', async () => {
    const page = await open('#row=0&token=1')
    const details = page.locator('.details')
    assert.match((await details.textContent()) ?? '', /Token 1 .*message0 \(user\).*not trained: template/)
    assert.match((await details.locator('mark').textContent()) ?? '', /^'<\|im_start\|>' \+ m\.role/)
    await page.locator('.turn .y').first().hover()
    await page.getByText('trained: answer').waitFor()
    await page.close()
  })

  test('is walked through by keys alone, and the address keeps the place', async () => {
    const page = await open()
    await page.keyboard.press(']')
    await page.getByText('chats.jsonl:2').waitFor()
    await page.locator('.rows').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    assert.match(page.url(), /#row=1&token=\d+$/)
    const again = await open(new URL(page.url()).hash)
    assert.equal(await again.textContent('.details h2 code'), await page.textContent('.details h2 code'))
    await page.keyboard.press('Escape')
    await page.keyboard.press('End')
    await page.getByText('chats.jsonl:1000').waitFor()
    await Promise.all([page.close(), again.close()])
  })

  test('changes the strategy at once, and marks and counts what differs', async () => {
    const page = await open('#row=1')
    await page.getByLabel('Turns').selectOption('last')
    await page.locator('.turn').nth(1).locator('.y').first().waitFor({ state: 'detached' })
    assert.equal(await trainedText(page), 'It wants light.<|im_end|>')
    await page.getByLabel('Turns').selectOption('all')
    await page.getByLabel('Other mask').selectOption('all')
    await page.locator('.example-title .differences').waitFor()
    const [, count] = /(\d+) different/.exec((await page.textContent('.example-title')) ?? '') ?? []
    assert.equal(await page.locator('.turn .d').count(), Number(count))
    await page.close()
  })

  test('lays two templates side by side, and marks and counts what differs', async () => {
    const page = await open('#row=1')
    await page.getByLabel('Other template file').setInputFiles(toFile('bare.jinja', BARE))
    await page.locator('.turns.two .turn').first().waitFor()
    const drawn = async (side: number): Promise<string> =>
      (await page.locator(`.turn[data-side="${side}"] pre`).allTextContents()).join('')
    assert.match(await drawn(1), /^\[system\]Be brief\.\[user\]And grass\?<\|im_end\|>\[assistant\]Green/)
    assert.match(await drawn(0), /^<\|im_start\|>user\nAnd grass/)
    const title = (await page.textContent('.example-title')) ?? ''
    const [, left, right] = /(\d+) only on the left, (\d+) only on the right, framed/.exec(title) ?? []
    const different = async (side: number): Promise<number> =>
      page.locator(`.turn[data-side="${side}"] .d`).count()
    assert.deepEqual([await different(0), await different(1)], [Number(left), Number(right)])
    // What both write is not framed, and trained on both.
    for (const side of [0, 1]) {
      const trained = page.locator(`.turn[data-side="${side}"] .y:not(.d)`)
      assert.equal((await trained.allTextContents()).join(''), 'Green.<|im_end|>It wants light.<|im_end|>')
    }
    await page.locator('.turn[data-side="1"] [data-t]').first().click()
    assert.match((await page.textContent('.details')) ?? '', /on the lefthas no such token/)
    assert.match(await page.textContent('.details mark').then(String), /\[system\]/)
    await page.close()
  })

  test('lists the rows in which the two sides differ', async () => {
    const page = await open()
    await whole(page)
    const longOnes = `{% if messages|length > 2 %}[long]{% endif %}${TEMPLATE}`
    await page.getByLabel('Other template file').setInputFiles(toFile('long.jinja', longOnes))
    await page.getByLabel('The two sides').selectOption('differ')
    await page.getByText('1 of 1,000 rows').waitFor()
    assert.match((await page.textContent('.row')) ?? '', /≠ \d+.*And grass/)
    await page.getByRole('button', { name: 'Loss budget' }).click()
    await page.getByText(/tokens differ, in 1 rows/).waitFor()
    await page.close()
  })

  test('looks through another tokenizer, and its template', async () => {
    const page = await open()
    await page.getByLabel('Tokenizer').selectOption('bare')
    await page.getByText('[user]').first().waitFor()
    const again = await open(new URL(page.url()).hash)
    assert.match((await again.textContent('.turn pre')) ?? '', /^\[system\]Be brief/)
    await Promise.all([page.close(), again.close()])
  })

  test('takes a model folder that is dropped, and says why one can’t be used', async () => {
    const page = await open()
    await page.getByLabel('Model folder').setInputFiles(bare)
    await page.getByText('[user]').first().waitFor()
    assert.equal(await page.getByLabel('Tokenizer').inputValue(), 'bare (2)')
    await page
      .getByLabel('Model folder')
      .setInputFiles(folderWithout(model, join(folder, 'copy'), 'tokenizer.json'))
    await page.getByRole('alert').waitFor()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /^tokenizer\.json is not among/)
    assert.equal(await page.getByLabel('Tokenizer').inputValue(), 'bare (2)')
    await page.close()
  })

  test('has all settings in its address: who opens it sees the same', async () => {
    const page = await open('#row=1')
    await page.getByLabel('Turns').selectOption('last')
    await page.getByLabel('Train on EOT').selectOption('none')
    await page.getByLabel('reasoning').check()
    await page.getByLabel('Variables').fill('{"x": 1}')
    await page.keyboard.press('Enter')
    await page.getByLabel('Template file', { exact: true }).setInputFiles(toFile('bare.jinja', BARE))
    await page.getByText('[user]').first().waitFor()
    await page.getByLabel('Other template').first().selectOption('model')
    await page.getByLabel('Other mask').selectOption('all')
    await page.locator('.turns.two .turn').first().waitFor()
    await page.locator('.turn [data-t="3"]').last().click()
    await page.waitForURL(/#.*side=1&token=3&.*compare=all/)
    const { hash } = new URL(page.url())
    const again = await open(hash)
    const seen = async (from: Page): Promise<string> => (await from.locator('.app').textContent()) ?? ''
    await again.locator('dt', { hasText: 'on the left' }).waitFor()
    await Promise.all([page, again].map(whole))
    await Promise.all([page, again].map(headed))
    for (const one of [page, again]) await one.locator('.slow').waitFor({ state: 'detached' })
    assert.equal(await seen(again), await seen(page))
    for (const label of ['Turns', 'Train on EOT', 'Variables', 'Other mask'])
      assert.equal(await again.getByLabel(label).inputValue(), await page.getByLabel(label).inputValue())
    assert.equal(new URL(again.url()).hash, hash)
    // The same page goes to another address without being loaded anew.
    await again.evaluate("location.hash = '#row=0'")
    await again.getByText('<|im_start|>').first().waitFor()
    assert.equal(await again.getByLabel('Turns').inputValue(), 'all')
    await Promise.all([page.close(), again.close()])
  })

  test('says what in an address can’t be used, and shows the rest', async () => {
    const page = await open('#row=0&mask=asistant')
    assert.match((await page.getByRole('alert').textContent()) ?? '', /mask in the address is "asistant"/)
    assert.equal(await trainedText(page), 'White.\n\tAnd  cold.<|im_end|>')
    await page.close()
  })

  test('takes another template, and says what is wrong with one that is broken', async () => {
    const page = await open()
    const give = (source: string): Promise<void> =>
      page.getByLabel('Template file', { exact: true }).setInputFiles(toFile('a.jinja', source))
    await give('{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %}')
    await page.getByText('[user]').first().waitFor()
    await give('{% for %}')
    await page.getByRole('alert').waitFor()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /1:\d+/)
    await page.close()
  })

  test('finds rows by text, role, share and failure', async () => {
    const page = await open()
    await whole(page)
    await page.keyboard.press('/')
    await page.keyboard.type('question 99')
    await page.keyboard.press('Enter')
    // 99 and 990 to 995
    await page.getByText('7 of 1,000 rows').waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByLabel('Trained').selectOption({ label: 'nothing' })
    await page.getByText('0 of 1,000 rows').waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByRole('button', { name: 'Loss budget' }).click()
    await page.getByRole('button', { name: 'rows can’t be used' }).click()
    await page.getByText('1 of 1,000 rows').waitFor()
    assert.match((await page.textContent('.row')) ?? '', /asistant/)
    await page.close()
  })

  test('has in its address which rows are listed', async () => {
    const page = await open()
    await whole(page)
    await page.keyboard.press('/')
    await page.keyboard.type('question 99')
    await page.keyboard.press('Enter')
    await page.getByLabel('Trained').selectOption({ label: '10 to 50 %' })
    await page.getByText('7 of 1,000 rows').waitFor()
    await page.waitForURL(/search=question\+99&min_share=0\.1&max_share=0\.5$/)
    const again = await open(new URL(page.url()).hash)
    await again.getByText('7 of 1,000 rows').waitFor()
    assert.equal(await again.locator('#search').inputValue(), 'question 99')
    await again.getByRole('button', { name: 'Show all' }).click()
    await whole(again)
    assert.equal(new URL(again.url()).hash, '#row=0')
    await Promise.all([page.close(), again.close()])
  })

  test('shows the markers that a search needs, as the template has them, and names its own options', async () => {
    const page = await open()
    await page.getByLabel('Mask').first().selectOption('response-template')
    await page.waitForURL(/#.*response_template/)
    assert.equal(await page.getByLabel('Response template').inputValue(), '<|im_start|>assistant\\n')
    assert.equal(await page.getByLabel('Instruction template').inputValue(), '<|im_start|>user\\n')
    await page.locator('.turn .y').first().waitFor()
    await page.getByLabel('Response template').fill('')
    await page.keyboard.press('Enter')
    await page.locator('main > .warn').waitFor()
    assert.match((await page.textContent('main > .warn')) ?? '', /Give it with “Response template”/)
    await page.close()
  })

  test('adds up the whole file, and a bar leads to its rows', async () => {
    const page = await open()
    await whole(page)
    await page.getByRole('button', { name: 'Loss budget' }).click()
    assert.match((await page.textContent('.budget')) ?? '', /1,000 rows/)
    await page.getByRole('button', { name: 'message 3' }).click()
    await page.getByText('1 of 1,000 rows').waitFor()
    await page.close()
  })

  test('shows what the model sees at inference', async () => {
    const page = await open('#row=1')
    await page.getByRole('button', { name: 'At inference' }).last().click()
    await page.locator('dialog pre').first().waitFor()
    const [prompt, answer] = await page.locator('dialog pre').allTextContents()
    assert.match(
      prompt!,
      /Green\.<\|im_end\|>\n<\|im_start\|>user\nWhy\?<\|im_end\|>\n<\|im_start\|>assistant\n$/,
    )
    assert.equal(answer, 'It wants light.<|im_end|>')
    await page.close()
  })

  test('copies the text that the model sees', async () => {
    const page = await open()
    const copied = await page.evaluate(`(() => {
      document.getSelection().selectAllChildren(document.querySelector('.example'))
      const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true })
      document.querySelector('.example pre').dispatchEvent(event)
      return event.clipboardData.getData('text/plain')
    })()`)
    assert.equal(
      copied,
      '<|im_start|>user\nWhat colour is snow?<|im_end|>\n<|im_start|>assistant\nWhite.\n\tAnd  cold.<|im_end|>\n',
    )
    await page.close()
  })

  test('draws of a long row what is near, and has the text of all', async () => {
    const path = join(folder, 'long.jsonl')
    const contents = Array.from(
      { length: 60 },
      (_, m) => `Turn ${m}:${' so it goes'.repeat(20)}\n and & <b>on</b>.`,
    )
    writeFileSync(path, JSON.stringify(chat(...contents)))
    const long = await serveView([path, '--tokenizer', model])
    const page = await open('', long.address)
    const textOf = (): Promise<string> =>
      page
        .locator('.turn pre')
        .allTextContents()
        .then(texts => texts.join(''))
    const whole = contents
      .map((content, m) => `<|im_start|>${m % 2 === 0 ? 'user' : 'assistant'}\n${content}<|im_end|>\n`)
      .join('')
    assert.equal(await textOf(), whole)
    const last = page.locator('.part').last()
    assert.equal(await last.locator('[data-t]').count(), 0)
    await last.scrollIntoViewIfNeeded()
    await last.locator('[data-t]').first().waitFor()
    assert.equal(await textOf(), whole)
    // A token that is not drawn is, when it is gone to.
    await page.locator('.example').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('End')
    await page.locator('.at').waitFor()
    // On paper all is drawn: what is trained is underlined there.
    await page.reload()
    const undrawn = page.locator('.part:not(:has([data-t]))')
    await undrawn.first().waitFor({ state: 'attached' })
    await page.pdf()
    assert.equal(await undrawn.count(), 0)
    assert.equal(await textOf(), whole)
    await page.close()
    long.close()
  })

  test('treats what stands in a row as text', async () => {
    const page = await open('#row=2')
    assert.equal(await page.title(), 'Lossline')
    assert.equal(await page.locator('#app img, #app script').count(), 0)
    assert.ok((await trainedText(page)).includes(HOSTILE))
    await page.close()
  })

  test('says why a row has no mask', async () => {
    const page = await newPage(browser)
    await page.goto(`${served.address}#row=3`)
    await page.locator('main .warn').waitFor()
    assert.match((await page.textContent('main .warn')) ?? '', /messages\[0\]\.role is "asistant"/)
    await page.close()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`has the contrast of AA in its ${colorScheme} colours`, async () => {
      const page = await open('#row=1&token=3')
      await page.emulateMedia({ colorScheme })
      await page.getByLabel('Other mask').selectOption('all')
      await page.locator('.differences').first().waitFor()
      assert.deepEqual(await page.evaluate(FIND_FAINT), [])
      await page.getByRole('button', { name: 'Loss budget' }).click()
      assert.deepEqual(await page.evaluate(FIND_FAINT), [])
      await page.close()
    })
  }

  for (const width of [400, 700, 1100, 2000]) {
    test(`fits ${width} pixels`, async () => {
      const page = await open('#row=0&token=3')
      await page.setViewportSize({ width, height: 800 })
      assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'))
      await page.close()
    })
  }

  test('is written to a file that needs nothing else', async () => {
    const out = join(folder, 'out.html')
    const args = [
      'show',
      chats,
      '--tokenizer',
      model,
      '--rows',
      '0:3',
      '--html',
      out,
      '--compare',
      'assistant,all',
    ]
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    const page = await open('#row=2', pathToFileURL(out).href)
    assert.equal(await page.locator('#app img').count(), 0)
    assert.match((await page.textContent('.example-title')) ?? '', /different/)
    assert.equal(await page.locator('.row').count(), 3)
    await page.close()
  })

  test('is less than 200 kB to load', () => {
    assert.ok(gzipSync(readFileSync('dist/browser/view/index.html')).length < 200e3)
  })
})

/** In the page: texts whose contrast with what is behind them is under 4.5, as WCAG 2 counts it. */
const FIND_FAINT = `(() => {
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
    .getContext('2d', { willReadFrequently: true })
  const mix = (colors) => {
    context.fillStyle = 'white'
    context.fillRect(0, 0, 1, 1)
    for (const color of colors) {
      context.fillStyle = color
      context.fillRect(0, 0, 1, 1)
    }
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map(value => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const faint = []
  for (const element of document.querySelectorAll('#app *')) {
    const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '')
    if (!hasText || element.checkVisibility() === false) continue
    const behind = []
    for (let e = element; e !== null; e = e.parentElement) behind.unshift(getComputedStyle(e).backgroundColor)
    const [text, back] = [mix([...behind, getComputedStyle(element).color]), mix(behind)]
    const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05)
    if (contrast < 4.5) faint.push(element.className + ' ' + element.textContent.slice(0, 30) + ' ' + contrast.toFixed(2))
  }
  return faint
})()`
