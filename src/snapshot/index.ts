export { describeDifferences, findDifferences, type SnapshotDifference } from './differences.ts'
export { drawRow, drawSnapshot } from './draw.ts'
export { parseSnapshot, type Snapshot, type SnapshotRow } from './snapshot.ts'
