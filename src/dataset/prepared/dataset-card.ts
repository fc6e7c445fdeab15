import { COLUMN_TYPES, type ColumnName } from './columns.ts'
import type { ShardFormat } from './formats/index.ts'
import type { ShardFile } from './write-shard.ts'

export interface CardInput {
  readonly shards: readonly ShardFile[]
  readonly columns: readonly ColumnName[]
  readonly format: ShardFormat
}

const COLUMN_TEXTS: Readonly<Record<ColumnName, string>> = {
  input_ids: 'the tokens',
  labels:
    'the tokens that are trained, -100 for the others; unshifted, as models of `transformers` take them',
  attention_mask: 'all 1: there is no padding',
  seq_lengths: 'tokens of each sequence in the row, which is a pack; they sum to its length',
  position_ids: 'the place of each token in its own sequence, from 0',
  loss_weights:
    'the weight of each token in the loss, 0 where the label is -100. TRL does not read it: for it all trained tokens weigh 1',
}

/**
 * `README.md`: a dataset card, whose head tells `load_dataset` which files are data and what type they have, and whose text tells people.
 * Without it the manifest and the rejected rows beside the shards would be read as data, and numbers in JSON as int64.
 */
export function toDatasetCard({ shards, columns, format }: CardInput): string {
  const rows = shards.reduce((sum, shard) => sum + shard.rows, 0)
  const tokens = shards.reduce((sum, shard) => sum + shard.tokens, 0)
  return `${toHead(columns, format)}
# Prepared training data

${toCount(rows)} rows, ${toCount(tokens)} tokens, written by [Lossline](https://www.npmjs.com/package/lossline). Tokenised and masked: nothing is left to
prepare. \`lossline.json\` says from what and how.

| column | type | |
| --- | --- | --- |
${columns.map(name => `| \`${name}\` | list of ${COLUMN_TYPES[name]} | ${COLUMN_TEXTS[name]} |`).join('\n')}

\`\`\`python
${toUsage(columns, format)}
\`\`\`

Look at it, with its masks: \`lossline show FOLDER\`.
`
}

/** `sequence` is read by all versions of `datasets`; from 4.0 on it writes `list`. */
function toHead(columns: readonly ColumnName[], { extension }: ShardFormat): string {
  const features = columns.map(name => `  - name: ${name}\n    sequence: ${COLUMN_TYPES[name]}`).join('\n')
  return `---
configs:
- config_name: default
  data_files:
  - split: train
    path: data-*${extension}
dataset_info:
  config_name: default
  features:
${features}
---
`
}

function toUsage(columns: readonly ColumnName[], format: ShardFormat): string {
  return `import datasets
from trl import SFTConfig, SFTTrainer

${toLoading(format)}
${toTraining(columns)}
SFTTrainer('MODEL', args, train_dataset=train_dataset).train()`
}

function toLoading({ hasState, builder, extension }: ShardFormat): string {
  if (!hasState) return "train_dataset = datasets.load_dataset('FOLDER', split='train')"
  return `train_dataset = datasets.load_from_disk('FOLDER')  # memory-mapped
# or, copied into the cache of datasets:
# train_dataset = datasets.load_dataset('${builder}', data_files='FOLDER/data-*${extension}', split='train')`
}

function toTraining(columns: readonly ColumnName[]): string {
  const cutting =
    '# Rows have their length already: without max_length=None TRL would cut them at 1,024 tokens.'
  if (!columns.includes('seq_lengths')) return `${cutting}\nargs = SFTConfig(max_length=None)`
  return `${cutting}
# Rows are packs: without padding_free=True the sequences in them would see each other.
args = SFTConfig(max_length=None, padding_free=True)`
}

function toCount(count: number): string {
  return count.toLocaleString('en-US')
}
