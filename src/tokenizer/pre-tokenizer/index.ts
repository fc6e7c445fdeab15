export { endsInBytes } from './byte-level.ts'
export { createPreTokenizer } from './create.ts'
export type { PreTokenizer } from './pre-tokenizer.ts'
