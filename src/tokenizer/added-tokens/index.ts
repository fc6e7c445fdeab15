export {
  type AddedEntry,
  type AddedVocabulary,
  buildAddedVocabulary,
  type ModelVocabulary,
} from './added-vocabulary.ts'
export { createExtractor, type Stretch } from './extract.ts'
