export { BYTE_TO_CHAR, byteOfChar, bytesOfToken } from './byte-alphabet.ts'
export { createBpeModel } from './model.ts'
export type { BpeModel, BpeSpec, TokenSink } from './spec.ts'
