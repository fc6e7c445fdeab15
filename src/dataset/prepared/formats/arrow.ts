import type { ShardFormat } from './shard-format.ts'

/** Arrow IPC streams, as `datasets` writes and memory-maps them. The library is loaded when it is used: it takes as long as all else. */
export const arrow: ShardFormat = {
  name: 'arrow',
  extension: '.arrow',
  builder: 'arrow',
  hasState: true,
  async *encode(batches) {
    yield* (await import('./arrow-encode.ts')).encodeArrow(batches)
  },
  async *decode(path) {
    yield* (await import('./arrow-decode.ts')).decodeArrow(path)
  },
}
