/** TRL's patched copies of templates against those that `lossline mark` makes of the same: each of ours is exact, and docs/marks.md says where TRL's are not. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { findShared } from './python.ts'
import { comparePairs, toPairTable } from './trl-copies.ts'

const folder = findShared('templates')

test('marks of lossline mark are exact in every template that TRL has patched, and docs/marks.md tells where TRL’s are not', async t => {
  if (folder === undefined) return t.skip('../shared is not here')
  const pairs = await comparePairs(folder)
  const isExact = ({ exact, rendered }: { exact: number; rendered: number }): boolean => exact === rendered
  for (const { name, ours, trl } of pairs) {
    t.diagnostic(
      `${name}: ours ${ours.exact}, TRL's ${trl.exact} of ${trl.rendered}. ${trl.differences.join('; ')}`,
    )
    assert.ok(isExact(ours) && ours.same === ours.rendered, `${name}: ${ours.differences.join('; ')}`)
  }
  const exact = pairs.filter(({ trl }) => isExact(trl)).length
  t.diagnostic(`exact: ours ${pairs.length}, TRL's ${exact} of ${pairs.length}`)
  assert.ok(pairs.length >= 18)
  // The formatter pads the table's cells.
  const squeeze = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---')
  const docs = squeeze(readFileSync('docs/marks.md', 'utf8'))
  assert.ok(
    docs.includes(squeeze(toPairTable(pairs))),
    'docs/marks.md is stale: node dist/test/interop/make-mark-docs.js',
  )
})
