import { CATEGORIES, CATEGORY_CODES, CATEGORY_RUNS } from './categories.ts'

/** Code points [first, last], both included, as a class of a regular expression has them. */
export type CodeRange = readonly [first: number, last: number]

/** Calls back for each run of code points of one general category (`Lu`, `Nd`, …), from U+0000 to U+10FFFF. */
export function forEachCategoryRun(visit: (category: string, first: number, last: number) => void): void {
  const { names, lasts } = readRuns()
  for (let run = 0, first = 0; run < lasts.length; run++) {
    const last = lasts[run]!
    visit(names[run]!, first, last)
    first = last + 1
  }
}

interface Runs {
  readonly names: readonly string[]
  readonly lasts: readonly number[]
}

let runs: Runs | undefined

/** Read once: a process that opens one tokenizer asks for them several times. */
function readRuns(): Runs {
  if (runs !== undefined) return runs
  const categories = CATEGORIES.split(' ')
  const names: string[] = []
  const lasts: number[] = []
  let end = 0
  let length = 0
  for (let i = 0; i < CATEGORY_RUNS.length; i++) {
    const unit = CATEGORY_RUNS.charCodeAt(i)
    if (unit >= 0x30 && unit <= 0x39) length = length * 36 + unit - 0x30
    else if (unit >= 0x61 && unit <= 0x7a) length = length * 36 + unit - 0x57
    else {
      end += length
      length = 0
      names.push(categories[CATEGORY_CODES.indexOf(CATEGORY_RUNS[i]!)]!)
      lasts.push(end - 1)
    }
  }
  runs = { names, lasts }
  return runs
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
