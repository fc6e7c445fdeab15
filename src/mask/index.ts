export type { Finding } from './finding.ts'
export {
  IGNORE_INDEX,
  type Masked,
  REASONS,
  SOURCES,
  type TokenReason,
  type TokenSource,
  type TrainedSpan,
} from './masked.ts'
