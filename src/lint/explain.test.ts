import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../../test/package/package-root.ts'
import { explainRule, listRules } from './explain.ts'
import { RULES } from './rules/index.ts'

test('docs/rules is what the rules say of themselves', t => {
  const folder = join(ROOT, 'docs/rules')
  if (!existsSync(folder)) return t.skip('docs/ is not here')
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const names = RULES.map(({ name }) => `${name}.md`)
  assert.deepEqual(readdirSync(folder).sort(), [...names, 'README.md'].sort(), 'npm run rule-docs')
  for (const rule of RULES)
    assert.equal(read(`${rule.name}.md`), `${explainRule(rule)}\n`, 'npm run rule-docs')
  assert.equal(read('README.md'), `${listRules()}\n`, 'npm run rule-docs')
})
