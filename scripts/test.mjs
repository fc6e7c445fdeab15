// Runs every built test with Node's own runner (Node 20 has no globs in --test); arguments narrow by a part of the path.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'

const wanted = process.argv.slice(2)
const files = readdirSync('dist', { recursive: true })
  .map(String)
  .filter(file => file.endsWith('.test.js'))
  .filter(file => wanted.length === 0 || wanted.some(part => file.includes(part)))
  .map(file => `dist/${file}`)
  .sort()
if (files.length === 0) {
  console.error(`no built test matches ${wanted.join(', ')}: run npm run build first`)
  process.exit(2)
}
const { status } = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' })
process.exit(status ?? 1)
