/** Milliseconds of work between two looks at the messages. */
const SLICE_MS = 20

/** Tells, each time anew, whether a slice of time is over. */
export function makeTimer(): () => boolean {
  let end = performance.now() + SLICE_MS
  return () => {
    if (performance.now() < end) return false
    end = performance.now() + SLICE_MS
    return true
  }
}

const turns = new MessageChannel()
turns.port1.start()

/** Lets messages that wait be handled; a timer would wait four milliseconds each time. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    turns.port1.addEventListener('message', () => resolve(), { once: true })
    turns.port2.postMessage(undefined)
  })
}
