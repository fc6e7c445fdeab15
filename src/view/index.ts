export {
  Book,
  type BookRow,
  type PromptView,
  type RowDetail,
  type RowHead,
} from './book.ts'
export type { ViewBlock, ViewExample, ViewMask, ViewPiece } from './example.ts'
export type { EmbeddedView, Given, ServedModel } from './given.ts'
export { maskBoth } from './mask-both.ts'
export { RowColumns, type RowFilter } from './rows.ts'
export { type Budget, type BudgetLine, Scan, type ScanPart } from './scan.ts'
export { DEFAULT_SETTINGS, type ViewSettings } from './settings.ts'
