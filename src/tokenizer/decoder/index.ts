export { createDecoder } from './create.ts'
export type { Decoder } from './decoder.ts'
