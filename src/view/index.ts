export { addDifference, countDifference, type Difference } from './align.ts'
export { Book, type BookRow, type FoundMarkers, type PromptView, type RowHead } from './book.ts'
export type { ViewBlock, ViewExample, ViewMask, ViewPiece } from './example.ts'
export type { Found } from './found.ts'
export type { EmbeddedView, Given, ServedFacts } from './given.ts'
export { maskBoth } from './mask-both.ts'
export { NO_DETAIL, type RowDetail, type TokenPlace } from './row-detail.ts'
export { RowColumns, type RowFilter } from './rows.ts'
export { type Budget, type BudgetLine, MAX_OVERRUNS, Scan, type ScanPart } from './scan.ts'
export {
  DEFAULT_SETTINGS,
  type TemplateChoice,
  type ViewSettings,
} from './settings.ts'
