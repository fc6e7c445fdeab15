export { createPattern } from './create.ts'
export { invert, matchCharacters, matchRegExp, type Pattern } from './pattern.ts'
export { splitAligned } from './split.ts'
