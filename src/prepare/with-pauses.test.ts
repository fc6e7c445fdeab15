import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers'
import { withPauses } from './with-pauses.ts'

test('others have their turn between items that take long, and every item comes, in order', async () => {
  assert.deepEqual(await listTurns(60), ['1', 'others', '2', 'others', '3', 'others', '4', 'others'])
})

test('items that take no time come without a pause', async () => {
  assert.deepEqual(await listTurns(20), ['1', '2', '3', 'others', '4'])
})

/** What has its turn, item by item, where each takes some milliseconds of a clock. */
async function listTurns(itemMs: number): Promise<string[]> {
  let time = 0
  let isOver = false
  const turns: string[] = []
  const wait = (): void => {
    setImmediate(() => {
      if (isOver) return
      turns.push('others')
      wait()
    })
  }
  wait()
  for await (const item of withPauses([1, 2, 3, 4], () => time)) {
    turns.push(String(item))
    time += itemMs
  }
  isOver = true
  return turns
}
