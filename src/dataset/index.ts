export { readArrow } from './arrow/read.ts'
export { splitArrowStreams } from './arrow/split-streams.ts'
export { type Chunk, listTransfers, memoryOf } from './chunk.ts'
export { compressionOf, pack } from './compression/pack.ts'
export { checkFieldCount, parseFields } from './csv/fields.ts'
export { looksLikeHeader, sniffDelimiter } from './csv/sniff.ts'
export type { BrokenRow, DatasetRow, Notice, ReadRow } from './dataset-row.ts'
export { type FindOptions, findInputFiles } from './find-input-files.ts'
export { INPUT_FORMATS, type InputFormat } from './input-format.ts'
export { notUtf8 } from './not-utf8.ts'
export { addLossWeights } from './prepared/add-loss-weights.ts'
export { toBatches } from './prepared/batches.ts'
export { type ColumnName, toColumnNames } from './prepared/columns.ts'
export { SHARD_FORMATS, type ShardFormat } from './prepared/formats/index.ts'
export { makeFolder } from './prepared/make-folder.ts'
export { readTokenRows } from './prepared/read-token-rows.ts'
export { type RowSource, toRowSource } from './prepared/row-source.ts'
export { type DatasetFilesOptions, writeDatasetFiles } from './prepared/write-dataset-files.ts'
export { toWriteError } from './prepared/write-error.ts'
export { type WrittenFile, writeFileWhole } from './prepared/write-file.ts'
export { type ShardFile, writeShard } from './prepared/write-shard.ts'
export { readChunk } from './read-chunk.ts'
export { type ReadOptions, readRows } from './read-rows.ts'
export { findRowRanges } from './row-ranges.ts'
export { findSavedFolder } from './saved-folder.ts'
export { type SplitOptions, splitFile } from './split-file.ts'
export type { ChunkMemory } from './split-text.ts'
export {
  concatRows,
  countRows,
  countTokens,
  type SeqLengths,
  sliceRows,
  type TokenRows,
  toAttentionMask,
  toLossWeights,
} from './token-rows.ts'
