export type { Finding } from '../finding.ts'
export { defaultStrategy, maskExample } from './mask.ts'
export type { MaskContext } from './mask-input.ts'
export {
  IGNORE_INDEX,
  type Masked,
  type MaskRun,
  REASONS,
  SOURCES,
  type TokenReason,
  type TokenSource,
  type TrainedSpan,
} from './masked.ts'
export type { MaskedOutSource, MaskOptions, StrategyName } from './options.ts'
export { maskPrepared, type PreparedIds } from './prepared-row.ts'
export { labelAfterResponseTemplate, type ResponseTemplateLabels } from './search/response-template.ts'
export { findStopIds } from './stop-ids.ts'
export { STRATEGIES } from './strategies/index.ts'
export { TokenCounter, type TokenTally } from './token-counter.ts'
