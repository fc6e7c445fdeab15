export type { Device } from './onnx-runtime.ts'
export {
  type InitialParameter,
  openTrainableModel,
  type TrainableModelOptions,
  type Trained,
  type TrainedAdapter,
} from './open-trainable-model.ts'
