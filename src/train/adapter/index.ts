export {
  type AdapterFolder,
  readAdapterFolder,
  type WriteAdapterOptions,
  writeAdapterFolder,
} from './adapter-folder.ts'
export { type FittedAdapter, fitAdapter, listTensors } from './fit-adapter.ts'
export { type AdapterTensor, type InitialiseOptions, initialiseAdapter } from './initialise.ts'
export { type LaidAdapter, layAdapter, layTrainedAdapter, toTrained } from './laid-adapter.ts'
export { type LoraConfig, toLoraConfig } from './lora-config.ts'
export { mergeAdapter } from './merge-adapter.ts'
export type { ModelModule } from './model-module.ts'
export { HEAD_MODULE, listModules } from './modules-of-model.ts'
export { formatPeftConfig, parsePeftConfig } from './peft-config.ts'
export { type LoraPlan, type LoraTarget, resolveLora, type SavedTensor } from './resolve.ts'
export { type LoraPart, parseAdapterName, toLoraName, toSavedName } from './tensor-names.ts'
