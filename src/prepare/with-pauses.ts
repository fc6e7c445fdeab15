import { setImmediate } from 'node:timers/promises'

/** Milliseconds of work between two pauses. */
const SLICE_MS = 50

/**
 * Items one by one, with a pause now and then, in which an interrupt is heard and other work goes on: rows are worked on in the calling thread too, and
 * a template may take half a second for each.
 */
export async function* withPauses<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  let end = performance.now() + SLICE_MS
  for (const item of items) {
    yield item
    if (performance.now() < end) continue
    await setImmediate()
    end = performance.now() + SLICE_MS
  }
}
