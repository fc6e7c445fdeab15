export type { Training } from './checkpoint.ts'
export {
  checkpointFolder,
  findStart,
  listCheckpoints,
  removeAside,
  rotateCheckpoints,
} from './folders.ts'
export {
  type ModelFiles,
  type ModelFilesOptions,
  toAdapterFiles,
  toFullModelFiles,
  toModelFiles,
} from './model-files.ts'
export { readTimeOf, resumeFrom } from './read-checkpoint.ts'
export { writeCheckpoint } from './write-checkpoint.ts'
