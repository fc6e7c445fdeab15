import type { TokenRows } from '../../token-rows.ts'

/** How a shard is written and read. Each format has a file here and a line in index.ts. */
export interface ShardFormat {
  /** As `--format` names it. */
  readonly name: 'arrow' | 'parquet' | 'jsonl'
  /** Of its files, with the dot. */
  readonly extension: string
  /** What `load_dataset` calls the builder that reads it. */
  readonly builder: 'arrow' | 'parquet' | 'json'
  /** Whether `load_from_disk` opens a folder of it, given its state.json and dataset_info.json. */
  readonly hasState: boolean
  /**
   * The bytes of a file with these rows, in order; they depend on nothing else. A chunk may be a view of the rows, and is to be used up before
   * the next is asked for; so is a batch: its memory may become the next one's.
   *
   * @param batches one or more, all of the same columns
   */
  readonly encode: (batches: Iterable<TokenRows>) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /**
   * The rows of a file, some at a time, in order; none where it has none.
   *
   * @throws LosslineError without the file's name for what is no prepared data; what the system or a library throws for the rest
   */
  readonly decode: (path: string) => AsyncIterable<TokenRows>
}
