export { createPattern } from './create.ts'
export { invert, matchCharacters, matchRegExp, type Pattern, type Segment } from './pattern.ts'
export { splitAligned } from './split.ts'
