// Writes the table of docs/marks.md, from ../shared/templates: node dist/test/interop/make-mark-docs.js
import { readFileSync, writeFileSync } from 'node:fs'
import { findShared } from './python.ts'
import { comparePairs, toPairTable } from './trl-copies.ts'

const folder = findShared('templates')
if (folder === undefined) throw new Error('../shared is not here')
const path = 'docs/marks.md'
const [before] = readFileSync(path, 'utf8').split(/\| template +\|/)
writeFileSync(path, `${before}${toPairTable(await comparePairs(folder))}\n`)
