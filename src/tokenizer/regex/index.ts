export { complement, toClassSource, union } from './range-set.ts'
export { translateRegex } from './translate.ts'
export { Untranslatable } from './untranslatable.ts'
