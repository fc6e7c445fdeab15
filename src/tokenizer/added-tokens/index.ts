export { type AddedVocabulary, buildAddedVocabulary } from './added-vocabulary.ts'
export { createExtractor, type Stretch } from './extract.ts'
