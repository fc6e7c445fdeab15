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
export { padTo, wrapText, wrapWords } from './lines.ts'
export { toShare, toThousands } from './numbers.ts'
export { type ColorLevel, makePaint, type Paint } from './paint.ts'
export { type TokenBlock, type TokenRun, toBlocks } from './runs.ts'
export { Summariser, type Summary, type TokenCount, toSummaryView, toWarningsView } from './summary.ts'
export { toTokenView, type ViewOptions } from './terminal.ts'
export { drawMarked, drawText, drawTokenTexts, type TokenText } from './token-texts.ts'
export { nameSource, type PieceJson, toTraceJson, toTraceView } from './trace.ts'
export { toHarmless, toVisible } from './visible.ts'
