export type { NamedTemplate } from './chat-templates.ts'
export { type ConfiguredIds, type ModelConfigs, readModelConfigs } from './configs.ts'
export type { ModelFiles } from './files.ts'
export { type ModelFacts, type ModelFolder, readModelFacts } from './model-folder.ts'
