export type { BrokenRow, DatasetRow, Notice, ReadRow } from './dataset-row.ts'
export { type ReadOptions, readRows } from './read-rows.ts'
