import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

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
