export { type ComparedRow, compareRow } from './compare-row.ts'
export { KINDS } from './kinds.ts'
export { findMarkers, type Markers } from './markers.ts'
export {
  addComparedRow,
  addCompareTally,
  type CompareTally,
  countRefused,
  emptyCompareTally,
  type KindTally,
  listKinds,
  toCompareTallyJson,
} from './tally.ts'
export { TOOLS, type Tool, type ToolName } from './tools.ts'
