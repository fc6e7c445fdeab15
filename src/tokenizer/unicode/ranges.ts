import { CATEGORIES, CATEGORY_CODES, CATEGORY_RUNS } from './categories.ts'

/** Code points [first, last], both included, as a class of a regular expression has them. */
export type CodeRange = readonly [first: number, last: number]

/** Calls back for each run of code points of one general category (`Lu`, `Nd`, …), from U+0000 to U+10FFFF. */
export function forEachCategoryRun(visit: (category: string, first: number, last: number) => void): void {
  const names = CATEGORIES.split(' ')
  let first = 0
  for (let i = 0; i < CATEGORY_RUNS.length; i++) {
    let length = 0
    let code = CATEGORY_CODES.indexOf(CATEGORY_RUNS[i]!)
    for (; code < 0; code = CATEGORY_CODES.indexOf(CATEGORY_RUNS[++i]!)) {
      length = length * 36 + Number.parseInt(CATEGORY_RUNS[i]!, 36)
    }
    visit(names[code]!, first, first + length - 1)
    first += length
  }
}

/**
 * The code points of one general category (`Lu`) or of a group of them (`L`), in order, neighbours joined.
 *
 * They are those of the `tokenizers` package, whose Unicode may be older than the engine's: never test `\p{…}` instead.
 */
export function categoryRanges(category: string): CodeRange[] {
  const ranges: [number, number][] = []
  forEachCategoryRun((name, first, last) => {
    if (!name.startsWith(category)) return
    const before = ranges.at(-1)
    if (before !== undefined && before[1] + 1 === first) before[1] = last
    else ranges.push([first, last])
  })
  return ranges
}
