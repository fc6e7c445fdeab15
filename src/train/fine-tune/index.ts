export { type FineTuned, fineTune } from './fine-tune.ts'
export { MODEL_OPTIONS, type ModelOptions, toTrainedPart } from './model-options.ts'
export type { FineTuneOptions, TrainedPart } from './options.ts'
