import { setImmediate } from 'node:timers/promises'

/** Milliseconds of work between two pauses. */
const SLICE_MS = 50

/**
 * Items one by one, with a pause now and then, in which an interrupt is heard and other work goes on: rows are worked on in the calling thread too, and
 * a template may take half a second for each.
 *
 * @param now milliseconds, as `performance.now`
 */
export async function* withPauses<Item>(
  items: Iterable<Item>,
  now: () => number = () => performance.now(),
): AsyncGenerator<Item> {
  let end = now() + SLICE_MS
  for (const item of items) {
    yield item
    if (now() < end) continue
    await setImmediate()
    end = now() + SLICE_MS
  }
}
