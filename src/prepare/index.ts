export { type CheckOptions, checkRows } from './check.ts'
export { checkPreparedTokenizer } from './check-tokenizer.ts'
export { type CompareOptions, compareRows } from './compare.ts'
export type { RowFailure } from './compare-chunk.ts'
export { factsOf } from './facts.ts'
export { hashTokenizer } from './fingerprint.ts'
export { type FixedRows, fixRows } from './fix.ts'
export type { FixTally, RowDiff } from './fix-tally.ts'
export { hashFile } from './hash-file.ts'
export {
  type IterateOptions,
  type PlacedRows,
  type PreparedRow,
  preparePacks,
  prepareRows,
  prepareTokenRows,
} from './iterate.ts'
export { type MaskedPiece, prepareMasked } from './iterate-masked.ts'
export { LoopGuard } from './loop-guard.ts'
export { MANIFEST, type Manifest } from './manifest.ts'
export {
  DEFAULT_MAX_LENGTH,
  DEFAULT_SEED,
  DEFAULT_SHARD_BYTES,
  type InputSpec,
  type PrepareOptions,
  type RowsOptions,
} from './options.ts'
export { cutTrained, type Piece } from './piece.ts'
export { type Prepared, prepare, readManifest } from './prepare.ts'
export type { Progress } from './progress.ts'
export { addTally, emptyTally, type Tally } from './tally.ts'
export { TRUNCATIONS, type TruncationName } from './truncations.ts'
export { prepareStream, type StreamOptions } from './worker-stream.ts'
