import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withPauses } from './with-pauses.ts'

test('others have their turn between items that take long, and every item comes, in order', async () => {
  let isHeard = false
  const timer = setTimeout(() => {
    isHeard = true
  }, 1)
  const seen: number[] = []
  for await (const item of withPauses([1, 2, 3, 4])) {
    seen.push(item)
    const end = performance.now() + 60
    while (performance.now() < end);
    if (item === 3) assert.ok(isHeard)
  }
  clearTimeout(timer)
  assert.deepEqual(seen, [1, 2, 3, 4])
})
