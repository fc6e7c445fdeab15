export type { NamedTemplate } from './chat-templates.ts'
export type { ModelFiles } from './files.ts'
export { type ModelFacts, type ModelFolder, readModelFacts } from './model-folder.ts'
