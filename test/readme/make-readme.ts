/** Writes what the README's commands and programs print now into the README: node dist/test/readme/make-readme.js, then read the diff. */
import { writeFileSync } from 'node:fs'
import { README, readReadme, readShown } from './readme.ts'

let markdown = readReadme()
// From the end, so that the places before stay where they are.
for (const { startChar, endChar, run } of readShown(markdown).reverse())
  markdown = markdown.slice(0, startChar) + (await run()) + markdown.slice(endChar)
writeFileSync(README, markdown)
