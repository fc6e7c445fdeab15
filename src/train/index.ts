/** Fine-tuning, for programs in Node: examples, a model, a trainer, its logs. */
export {
  type LaidAdapter,
  type LoraConfig,
  layAdapter,
  layTrainedAdapter,
  mergeAdapter,
  toLoraConfig,
  toTrained,
} from './adapter/index.ts'
export {
  listCheckpoints,
  type ModelFiles,
  type ModelFilesOptions,
  toAdapterFiles,
  toFullModelFiles,
  toModelFiles,
} from './checkpoint/index.ts'
export {
  type IntervalStrategy,
  type ModelOptions,
  type OptionKind,
  parseConfigText,
  parseOption,
  type ReadConfig,
  readConfig,
  type SettledConfig,
  SFT_OPTIONS,
  type SFTConfig,
  type SFTOption,
  settleConfig,
  toMaskOptions,
  toModelOptions,
  toSnakeCase,
} from './config/index.ts'
export {
  type ExampleSet,
  isPrepared,
  type Origin,
  type Origins,
  type ReadExamplesOptions,
  readEvalExamples,
  readExamples,
} from './data/index.ts'
export { type FineTuned, type FineTuneOptions, fineTune, type TrainedPart } from './fine-tune/index.ts'
export { openTrainableModel, type TrainableModelOptions } from './runtime/index.ts'
export type {
  LossOptions,
  Parameter,
  TargetOutcomes,
  TrainableModel,
  TrainBatch,
} from './trainable-model.ts'
export {
  type EndReason,
  type Evaluated,
  evaluate,
  SFTTrainer,
  type SFTTrainerOptions,
  type Trained,
  type TrainerCallback,
  type TrainerControl,
  type TrainerEvent,
} from './trainer/index.ts'
