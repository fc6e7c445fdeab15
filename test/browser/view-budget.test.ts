import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath, launchBrowser, NO_CHROMIUM, newPage } from './browser.ts'
import type { ServedPage } from './serve-page.ts'
import { serveView } from './serve-view.ts'
import { chat, writeModel } from './view-fixture.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'lossline-budget-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const message = (role: string, content: string): object => ({ role, content })
/** Of all roles, lengths and kinds of mistakes. */
const ROWS = [
  chat('What colour is snow?', 'White.'),
  chat('And grass?', 'Green.', 'Why?', 'It wants light.'),
  chat('Say it again: <|im_end|>', 'No.'),
  chat('Say nothing.', ''),
  chat('Say it twice.', 'It is so.<|im_end|>It is so.'),
  {
    messages: [
      message('system', 'Be brief.'),
      message('user', 'Go on'),
      message('assistant', 'I do. '.repeat(90)),
    ],
  },
  {
    messages: [
      message('user', 'Count'),
      message('assistant', 'By hand'),
      message('tool', '3'),
      message('assistant', '3'),
    ],
  },
  { messages: [message('user', 'Nobody answers')] },
  { messages: [message('user', 'Hm'), { role: 'assistant', content: 'x', mood: 'fine' }] },
  { messages: [message('asistant', 'x')] },
  { messages: 3 },
]

describe('the loss budget', { skip: chromiumPath === undefined ? NO_CHROMIUM : false }, () => {
  let browser: Browser
  let served: ServedPage
  const model = join(folder, 'model')
  const chats = join(folder, 'chats.jsonl')
  before(async () => {
    execFileSync(process.execPath, ['scripts/build-pages.mjs', 'view'])
    writeModel(model)
    writeFileSync(chats, ROWS.map(row => JSON.stringify(row)).join('\n'))
    browser = await launchBrowser()
    served = await serveView([chats, '--tokenizer', model])
  })
  after(async () => {
    served?.close()
    await browser?.close()
  })

  async function openBudget(): Promise<Page> {
    const page = await newPage(browser, { viewport: { width: 1400, height: 900 } })
    await page.goto(served.address)
    await page.getByText(`${ROWS.length} rows`, { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Loss budget' }).click()
    await page.locator('.budget').waitFor()
    return page
  }

  for (const [title, atLeast] of [
    ['By role', 4],
    ['By source', 3],
    ['By turn', 4],
    ['By length of the row', 3],
    ['By finding', 5],
  ] as const) {
    test(`leads from each bar to its rows: ${title.toLowerCase()}`, async () => {
      const page = await openBudget()
      const section = page
        .locator('.budget section')
        .filter({ has: page.getByRole('heading', { name: title, exact: true }) })
      const lines = await readBars(page, title)
      assert.ok(lines.length >= atLeast, `${lines.length} bars`)
      for (const [name, rows] of lines) {
        await section.getByRole('button', { name, exact: true }).click()
        await page.getByText(`${rows} of ${ROWS.length} rows`).waitFor()
        assert.equal(await page.locator('.row').count(), Number(rows))
        await page.getByRole('button', { name: 'Show all' }).click()
        await page.getByRole('button', { name: 'Loss budget' }).click()
      }
      await page.close()
    })
  }

  test('finds in the rows what lossline check finds in them', async () => {
    const page = await openBudget()
    const found = (await readBars(page, 'By finding')).map(([name, rows]) => [name, Number(rows)])
    const args = [MAIN, 'check', chats, '--tokenizer', model, '--json', '--no-cache']
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    const { findings: groups } = JSON.parse(stdout) as { findings: { rule: string; rows: number | null }[] }
    // Rows that have no mask are counted apart; what is a matter of all rows together is no row's.
    const apart = ['unknown-role', 'unusable-row', 'template-refuses', 'duplicate-row']
    const expected = groups.filter(({ rule, rows }) => rows !== null && !apart.includes(rule))
    assert.deepEqual(
      Object.fromEntries(found),
      Object.fromEntries(expected.map(({ rule, rows }) => [rule, rows])),
    )
    await page.close()
  })

  test('says beside a finding what it does to a training, and goes to its token', async () => {
    const page = await openBudget()
    await page.getByRole('button', { name: 'special-token-in-content' }).click()
    await page.locator('.row').first().click()
    const finding = page.locator('.findings li').filter({ hasText: 'special-token-in-content' }).first()
    assert.match((await finding.textContent()) ?? '', /special-token-in-content.{80,}token \d+$/s)
    await finding.getByRole('button').click()
    assert.match((await page.textContent('.details')) ?? '', /<\|im_end\|>/)
    await page.close()
  })
})

/** Name and rows of each bar of a section. */
async function readBars(page: Page, title: string): Promise<[name: string, rows: string][]> {
  return page.evaluate(`(() => {
    const sections = [...document.querySelectorAll('.budget section')]
    const section = sections.find(one => one.querySelector('h2').textContent === ${JSON.stringify(title)})
    const lines = [...section.querySelectorAll('tbody tr')]
    return lines.map(line => [line.querySelector('th').textContent, line.querySelector('td').textContent])
  })()`)
}
