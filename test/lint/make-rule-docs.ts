/** Writes docs/rules/ from the rules themselves: npm run rule-docs. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explainRule, listRules, RULES } from '../../src/lint/index.ts'
import { ROOT } from '../package/package-root.ts'

const folder = join(ROOT, 'docs/rules')
mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder)) rmSync(join(folder, name))
for (const rule of RULES) writeFileSync(join(folder, `${rule.name}.md`), `${explainRule(rule)}\n`)
writeFileSync(join(folder, 'README.md'), `${listRules()}\n`)
