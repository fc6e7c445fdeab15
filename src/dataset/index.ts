export type { BrokenRow, DatasetRow, Notice, ReadRow } from './dataset-row.ts'
export { type ReadOptions, readRows } from './read-rows.ts'
export { countRows, countTokens, type SeqLengths, type TokenRows } from './token-rows.ts'
