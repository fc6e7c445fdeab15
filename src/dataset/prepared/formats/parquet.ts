import type { ShardFormat } from './shard-format.ts'

/** Parquet, compressed with zstd. The library, 5 MB of WebAssembly, is loaded when it is used. */
export const parquet: ShardFormat = {
  name: 'parquet',
  extension: '.parquet',
  builder: 'parquet',
  hasState: false,
  async *encode(batches) {
    yield* (await import('./parquet-encode.ts')).encodeParquet(batches)
  },
  async *decode(path) {
    yield* (await import('./parquet-decode.ts')).decodeParquet(path)
  },
}
