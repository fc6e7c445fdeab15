export type { SeqLengths, TokenRows } from '../dataset/index.ts'
export { packBestFit, packBestFitSplit } from './best-fit.ts'
export { countBestFitPacks } from './best-fit-count.ts'
export { PackMemory } from './pack-memory.ts'
export { type PackRowsOptions, packRows } from './pack-rows.ts'
export {
  countPackedTokens,
  countPacks,
  findPackOffsets,
  type Packs,
  packingEfficiency,
  slicePacks,
} from './packs.ts'
export {
  getPackingStrategy,
  PACKING_STRATEGIES,
  type PackingStrategy,
  type PackingStrategyName,
} from './strategies.ts'
export { packWrapped } from './wrapped.ts'
