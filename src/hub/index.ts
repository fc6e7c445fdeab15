export { findCacheFolder, readCached, writeCached } from './cache.ts'
export type { ModelFolder, NamedTemplate } from './model-folder.ts'
export { readModelFolder } from './read-model-folder.ts'
