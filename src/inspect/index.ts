export {
  type Comparison,
  type ComparisonJson,
  countDifferences,
  type DifferenceCounts,
  isSameTokens,
  toCompareView,
  toComparisonJson,
  toDifferent,
} from './compare.ts'
export { type FindingGroup, FindingGroups, type RowFinding } from './findings.ts'
export { type ExampleJson, toExampleJson, toExampleParts, toWarningJson, type WarningJson } from './json.ts'
export { wrapText } from './lines.ts'
export type { ColorLevel } from './paint.ts'
export { Summariser, type Summary, type TokenCount, toSummaryView, toWarningsView } from './summary.ts'
export { toTokenView, type ViewOptions } from './terminal.ts'
export { nameSource, type PieceJson, toTraceJson, toTraceView } from './trace.ts'
export { toHarmless, toVisible } from './visible.ts'
