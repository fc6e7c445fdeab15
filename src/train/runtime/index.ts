export { checkDevice, type RunOnce } from './check-device.ts'
export { checkOnnxRuntime, type Device } from './onnx-runtime.ts'
export {
  type OpenedModel,
  openGeneratingModel,
  openTrainableModel,
  readConfig,
  type TrainableModelOptions,
} from './open-trainable-model.ts'
export { toOutcomes } from './outcomes.ts'
export {
  type InitialParameter,
  makeParameter,
  type Trained,
  type TrainedAdapter,
  toParameters,
} from './parameters.ts'
