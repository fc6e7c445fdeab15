export { projectAdapted } from './adapted-project.ts'
export { PAST, PRESENT } from './cached-attention.ts'
export { buildLayers, buildLogits, type DecoderParts } from './decoder.ts'
export {
  type DecoderInputs,
  declareDecoderInputs,
  type Feed,
  toBlockedFeeds,
  toDecoderFeeds,
} from './decoder-inputs.ts'
export type {
  Activation,
  Attention,
  AttentionInputs,
  Dropout,
  Embedding,
  Head,
  Layer,
  Linear,
  Mlp,
  ModelDescription,
  Norm,
} from './description.ts'
export { buildGenerationGraph, toEmptyPast, toGenerationFeeds } from './generation-graph.ts'
export { parseModelConfig } from './parse-config.ts'
export { checkTokenIds, resolveWeights, type StoredTensor } from './resolve-weights.ts'
export { type Rope, type RopeScaling, type RopeTables, toRopeTables } from './rope.ts'
export {
  buildTrainingGraph,
  type GraphParameter,
  type GraphPurpose,
  gradientName,
  type LoraModule,
  listParameters,
  type StoredWeight,
  type TrainingGraphOptions,
  toTrainingFeeds,
} from './training-graph.ts'
export { listLinears, listWeights, type ModelWeight, type WeightRole } from './weights-of-model.ts'
