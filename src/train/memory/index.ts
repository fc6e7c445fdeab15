export { checkMemory, type MemoryOptions } from './check-memory.ts'
export type { MemoryEstimate, TrainedShapes } from './estimate-memory.ts'
