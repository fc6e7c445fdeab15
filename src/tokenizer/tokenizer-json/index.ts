export type * from './description.ts'
export { Field } from './field.ts'
export { parseAddedToken, parseTokenizerJson } from './parse.ts'
