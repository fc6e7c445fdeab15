export { projectAdapted } from './adapted-project.ts'
export { PAST, PRESENT } from './cached-attention.ts'
export { buildLayers, buildLogits, type DecoderParts } from './decoder.ts'
export {
  ATTENTION_BLOCKS,
  declareDecoderInputs,
  type Feed,
  toBlockedFeeds,
} from './decoder-inputs.ts'
export type {
  Linear,
  ModelDescription,
} from './description.ts'
export { buildGenerationGraph, toEmptyPast, toGenerationFeeds } from './generation-graph.ts'
export { findPieceSize } from './head-loss.ts'
export { parseModelConfig } from './parse-config.ts'
export { checkTokenIds, resolveWeights } from './resolve-weights.ts'
export { toRopeTables } from './rope.ts'
export {
  buildTrainingGraph,
  type GraphParameter,
  type GraphPurpose,
  gradientName,
  type LoraModule,
  OUTCOMES,
  type StoredWeight,
  type TrainingGraphOptions,
  toTrainingFeeds,
} from './training-graph.ts'
export { listLinears, listWeights, type ModelWeight } from './weights-of-model.ts'
