export { fromBinary, toBinary } from './binary.ts'
export type { Encoded } from './encoded.ts'
export { type LoadOptions, Tokenizer } from './load.ts'
export type { EncodeOptions } from './tokenizer.ts'
