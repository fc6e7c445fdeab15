export type { ModelFiles } from './files.ts'
export { type ModelFacts, type ModelFolder, type NamedTemplate, readModelFacts } from './model-folder.ts'
