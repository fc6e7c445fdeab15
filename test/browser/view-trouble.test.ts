import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath, launchBrowser, NO_CHROMIUM, newPage } from './browser.ts'
import type { ServedPage } from './serve-page.ts'
import { serveView } from './serve-view.ts'
import { chat, TEMPLATE, toFile, trainedText, writeModel } from './view-fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'lossline-trouble-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Rows that are stopped take their seconds, one after the other. */
const SLOW = { timeout: 60_000 }

/** Ten thousand million rounds, each of which looks through a text: so many as end it by their number take longer than a row may. */
const LOOPS =
  "{% set text = 'ab' * 2000 %}{% for a in range(100000) %}{% for b in range(100000) %}{% if 'aac' in text %}{% endif %}{% endfor %}{% endfor %}"
/** Some milliseconds a row. */
const SLOW_TEMPLATE = `{% for a in range(20000) %}{% endfor %}${TEMPLATE}`

describe('the page with what it is not made for', {
  skip: chromiumPath === undefined ? NO_CHROMIUM : false,
}, () => {
  let browser: Browser
  const model = join(folder, 'model')
  before(async () => {
    execFileSync(process.execPath, ['scripts/build-pages.mjs', 'view'])
    writeModel(model)
    browser = await launchBrowser()
  })
  after(() => browser?.close())

  async function open({ address }: ServedPage): Promise<Page> {
    const page = await newPage(browser, { viewport: { width: 1400, height: 900 } })
    await page.goto(address)
    await page.locator('.turn pre').first().waitFor()
    return page
  }

  function writeChats(name: string, count: number): string {
    const path = join(folder, name)
    const rows = Array.from({ length: count }, (_, i) => chat(`Question ${i}?`, `Answer ${i}.`))
    writeFileSync(path, rows.map(row => JSON.stringify(row)).join('\n'))
    return path
  }

  test('stops a template that does not end, says so, and goes on with others', async t => {
    const served = await serveView([writeChats('loops.jsonl', 50), '--tokenizer', model])
    t.after(served.close)
    const page = await open(served)
    await page.getByLabel('Template file', { exact: true }).setInputFiles(toFile('loops.jinja', LOOPS))
    await page.locator('.slow').waitFor()
    assert.match((await page.textContent('.slow')) ?? '', /^Row 0 takes long/)
    await page.locator('#row-7').click()
    await page.locator('main .where', { hasText: 'loops.jsonl:8' }).waitFor(SLOW)
    assert.match(
      (await page.textContent('main .warn')) ?? '',
      /^loops\.jinja:1:\d+ the template does not end within 4 s\./,
    )
    // No row after the third is looked at.
    await page.getByRole('alert').filter({ hasText: 'in 3 rows one after the other' }).waitFor(SLOW)
    await page.getByText('50 rows, 3 looked at').waitFor()
    await page.getByRole('button', { name: 'Loss budget' }).click()
    assert.match((await page.textContent('.budget')) ?? '', /^3 of 50 rows(?!, so far)/)
    await page.getByRole('button', { name: 'Row', exact: true }).click()
    await page.getByLabel('Template').first().selectOption('model')
    await page.getByText('50 rows', { exact: true }).waitFor()
    assert.equal(await trainedText(page), 'Answer 7.<|im_end|>')
    assert.equal(await page.getByRole('alert').count(), 0)
    await page.close()
  })

  test('counts a million findings by rule, and lists the places of the first', async t => {
    const path = join(folder, 'findings.jsonl')
    const loud = chat('Say it.', '<|im_end|>'.repeat(500_000))
    writeFileSync(path, [chat('What is snow?', 'White.'), loud].map(row => JSON.stringify(row)).join('\n'))
    const served = await serveView([path, '--tokenizer', model])
    t.after(served.close)
    const page = await open(served)
    await page.getByText('2 rows', { exact: true }).waitFor(SLOW)
    await page.locator('#row-1').click()
    await page.locator('.findings').waitFor(SLOW)
    for (const rule of ['early-stop-in-answer', 'special-token-in-content']) {
      const found = page.locator('.findings li').filter({ hasText: rule })
      assert.equal(await found.count(), 1)
      assert.match((await found.textContent()) ?? '', /(token \d+){20}and 499,980 more$/)
    }
    await page.getByRole('button', { name: 'Loss budget' }).click()
    await page.getByRole('button', { name: 'special-token-in-content' }).click()
    await page.getByText('1 of 2 rows').waitFor()
    await page.locator('#row-1').click()
    await page.close()
  })

  test('begins anew where it is loaded again in the middle of a file', async t => {
    const path = writeChats('reload.jsonl', 20_000)
    const slow = join(folder, 'slow.jinja')
    writeFileSync(slow, SLOW_TEMPLATE)
    const served = await serveView([path, '--tokenizer', model, '--chat-template', slow])
    t.after(served.close)
    const page = await open(served)
    // So slowly that it is in the middle for as long as the test looks.
    for (let times = 0; times < 3; times++) {
      await page.getByText(/rows, [1-9][\d,]* looked at/).waitFor()
      await page.reload()
      await page.locator('.turn pre').first().waitFor()
    }
    await page.getByLabel('Template').first().selectOption('model')
    await page.getByText('20,000 rows', { exact: true }).waitFor(SLOW)
    assert.equal(await trainedText(page), 'Answer 0.<|im_end|>')
    await page.getByRole('button', { name: 'Loss budget' }).click()
    assert.match((await page.textContent('.budget')) ?? '', /20,000 rows/)
    await page.close()
  })

  test('says that a file is gone, and shows it when it is there again', async t => {
    const path = writeChats('gone.jsonl', 3)
    const served = await serveView([path, '--tokenizer', model])
    t.after(served.close)
    const page = await open(served)
    rmSync(path)
    // What is open was read already.
    await page.locator('#row-2').click()
    await page.getByText('Answer 2.').first().waitFor()
    await page.reload()
    await page.getByRole('alert').waitFor()
    assert.match(
      (await page.getByRole('alert').textContent()) ?? '',
      /gone\.jsonl does not exist\. Check the path\.$/,
    )
    writeChats('gone.jsonl', 3)
    await page.reload()
    await page.locator('.turn pre').first().waitFor()
    await page.close()
  })
})
