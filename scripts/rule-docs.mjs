// Writes docs/rules/ from the rules themselves: npm run rule-docs.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { explainRule, listRules, RULES } from '../dist/src/lint/index.js'

const folder = fileURLToPath(new URL('../docs/rules/', import.meta.url))
mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder)) rmSync(folder + name)
for (const rule of RULES) writeFileSync(`${folder}${rule.name}.md`, `${explainRule(rule)}\n`)
writeFileSync(`${folder}README.md`, `${listRules()}\n`)
