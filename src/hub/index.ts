export { findCacheFolder, readCached, writeCached } from './cache.ts'
export { filesIn, readModelFolder, readTokenizerJson } from './read-model-folder.ts'
export { type ResolveOptions, resolveModel } from './resolve-model.ts'
