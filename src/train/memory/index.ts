export { checkMemory, type MemoryOptions } from './check-memory.ts'
export type { MemoryEstimate } from './estimate-memory.ts'
