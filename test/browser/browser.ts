import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const PLACES = [
  process.env['LOSSLINE_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Chromium's executable; LOSSLINE_CHROMIUM names it where it lies elsewhere. */
export const chromiumPath: string | undefined = PLACES.find(path => path !== undefined && existsSync(path))

/** What `t.skip` says where there is no Chromium. */
export const NO_CHROMIUM =
  'Chromium is not here (Debian: apt-get install chromium, or name it with LOSSLINE_CHROMIUM)'

/** A headless Chromium; its owner closes it. */
export async function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox', ...flags] : [...flags]
  return await chromium.launch({ ...(chromiumPath && { executablePath: chromiumPath }), args })
}

/** Milliseconds after which something will not come any more. */
export const TIMEOUT = 10_000

/** A page in which an error of a script, on the console, or against the page's policy fails the test. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options)
  page.setDefaultTimeout(TIMEOUT)
  page.on('pageerror', error => assert.fail(error))
  page.on('console', message => message.type() === 'error' && assert.fail(message.text()))
  // Not all that a policy forbids is told on the console.
  await page.addInitScript(`addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error('against the policy of the page: ' + violatedDirective + ' ' + blockedURI))`)
  return page
}
