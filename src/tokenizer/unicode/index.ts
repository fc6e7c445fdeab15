export { EXTRA_DIGITS, WHITE_SPACE } from './categories.ts'
export { type CodeRange, categoryRanges, forEachCategoryRun } from './ranges.ts'
