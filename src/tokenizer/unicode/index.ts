export { EXTRA_DIGITS, WHITE_SPACE } from './categories.ts'
export { type CodeSet, crateRanges, crateSet, isWhiteSpace, toCodeSet } from './code-set.ts'
export { type CodeRange, categoryRanges, forEachCategoryRun } from './ranges.ts'
