export { isObject, type ModelFiles, readObject } from './files.ts'
export { type ModelFacts, type ModelFolder, type NamedTemplate, readModelFacts } from './model-folder.ts'
