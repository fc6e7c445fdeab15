export type * from './description.ts'
export { Field } from './field.ts'
export { parseAddedToken, parseTokenizerJson, readJson } from './parse.ts'
