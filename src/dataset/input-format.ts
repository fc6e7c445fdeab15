/** Formats that rows are read from, by the names of `--input-format`. */
export const INPUT_FORMATS = ['jsonl', 'json', 'csv', 'tsv', 'parquet', 'arrow'] as const

export type InputFormat = (typeof INPUT_FORMATS)[number]
