/** Steps of one search; what is further apart is aligned in several, and need not be the longest there is. */
const MAX_STEPS = 400

/** A stretch `[start, end)` of a list. */
export type Stretch = readonly [start: number, end: number]

/**
 * Finds ids that two lists have in common, in the order of both: Myers' greedy search for the shortest edit, from the ends inwards. Lists
 * that have little in common are aligned piece by piece, so that the time stays within their length times {@link MAX_STEPS}.
 *
 * @param counterparts gets, for each id of the first stretch that is found, its index in the second list
 */
export function alignIds(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  [[firstStart, firstEnd], [secondStart, secondEnd]]: readonly [Stretch, Stretch],
  counterparts: Int32Array,
): void {
  let [a, aEnd, b, bEnd] = [firstStart, firstEnd, secondStart, secondEnd]
  while (a < aEnd && b < bEnd && first[aEnd - 1] === second[bEnd - 1]) counterparts[--aEnd] = --bEnd
  while (a < aEnd && b < bEnd) {
    const path = searchPath(first, second, [a, aEnd], [b, bEnd])
    for (const [x, y, length] of path.runs)
      for (let i = 0; i < length; i++) counterparts[a + x + i] = b + y + i
    a += path.x
    b += path.y
  }
}

interface Path {
  /** How far it got in each list. */
  readonly x: number
  readonly y: number
  /** Where equal ids stand, counted from the start of the stretches. */
  readonly runs: readonly (readonly [x: number, y: number, length: number])[]
}

/** The furthest that so many steps get; to the end of both, where they are enough. */
function searchPath(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  [a, aEnd]: Stretch,
  [b, bEnd]: Stretch,
): Path {
  const [width, height] = [aEnd - a, bEnd - b]
  const steps = Math.min(MAX_STEPS, width + height)
  // furthest[steps + k]: the largest x on the diagonal k = x - y; of each step a copy is kept, to find the way back.
  const furthest = new Int32Array(2 * steps + 3)
  const history: Int32Array[] = []
  let best = { x: 0, y: 0, step: 0 }
  for (let step = 0; step <= steps; step++) {
    history.push(furthest.slice(steps - step, steps + step + 3))
    for (let k = -step; k <= step; k += 2) {
      let x = nextX(furthest, steps + 1 + k, step, k)
      while (x < width && x - k < height && first[a + x] === second[b + x - k]) x++
      furthest[steps + 1 + k] = x
      if (x > width || x - k > height) continue
      if (x - k >= 0 && 2 * x - k > best.x + best.y) best = { x, y: x - k, step }
      if (x === width && x - k === height) return { x, y: height, runs: walkBack(history, step, x, height) }
    }
  }
  return { ...best, runs: walkBack(history, best.step, best.x, best.y) }
}

function nextX(furthest: Int32Array, at: number, step: number, k: number): number {
  if (step === 0) return 0
  const isDown = k === -step || (k !== step && furthest[at - 1]! < furthest[at + 1]!)
  return isDown ? furthest[at + 1]! : furthest[at - 1]! + 1
}

function walkBack(
  history: readonly Int32Array[],
  lastStep: number,
  endX: number,
  endY: number,
): Path['runs'] {
  const runs: [number, number, number][] = []
  let [x, y] = [endX, endY]
  for (let step = lastStep; step >= 0; step--) {
    const k = x - y
    const kept = history[step]!
    const start = nextX(kept, step + 1 + k, step, k)
    if (x > start) runs.push([start, start - k, x - start])
    if (step === 0) break
    const isDown = k === -step || (k !== step && kept[step + k]! < kept[step + 2 + k]!)
    x = isDown ? start : start - 1
    y = isDown ? start - k - 1 : start - k
  }
  return runs.reverse()
}
