#!/usr/bin/env node
// npx links the file that package.json names when it first sees a checkout, and never looks again: dist/ is not there before the first build.
import { existsSync } from 'node:fs'

const main = new URL('../dist/src/cli/main.js', import.meta.url)
if (existsSync(main)) {
  await import(main.href)
} else {
  console.error('lossline: this checkout is not built yet. Run: npm ci && npm run build')
  process.exitCode = 2
}
