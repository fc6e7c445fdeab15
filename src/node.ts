/** What reads files and asks the Hub, for programs in Node; `lossline` itself runs in browsers too. */
export { type AssertMasksOptions, assertMasks } from './assert-masks.ts'
export { type BrokenRow, type DatasetRow, type ReadOptions, type ReadRow, readRows } from './dataset/index.ts'
export { type ResolveOptions, readModelFolder, resolveModel } from './hub/index.ts'
export type { ModelFolder, NamedTemplate } from './model-folder/index.ts'
export { type Model, type OpenModelOptions, openModel } from './open-model.ts'
