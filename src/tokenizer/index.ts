export type { Encoded } from './encoded.ts'
