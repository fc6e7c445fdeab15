/**
 * Works on items side by side and gives the results in the items' order. At most `ahead` items are taken before the first of them is
 * wanted back: a slow reader slows the source down.
 *
 * @throws whatever the source or the work throws, when its turn has come
 */
export async function* mapInOrder<Item, Result>(
  source: AsyncIterable<Item>,
  ahead: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const iterator = source[Symbol.asyncIterator]()
  const pending: Promise<Result>[] = []
  let isDone = false
  try {
    while (true) {
      while (!isDone && pending.length < ahead) {
        const next = await iterator.next()
        if (next.done === true) {
          isDone = true
          break
        }
        const result = work(next.value)
        // It is awaited later; until then a failure is nobody's unhandled rejection.
        result.catch(() => {})
        pending.push(result)
      }
      const first = pending.shift()
      if (first === undefined) return
      yield await first
    }
  } finally {
    await iterator.return?.(undefined)
  }
}
