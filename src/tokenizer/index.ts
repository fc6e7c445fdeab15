export type { Tokenizer } from './tokenizer.ts'
export type { Encoded } from './encoded.ts'
