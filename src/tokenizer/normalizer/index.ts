export { mapCharacters, prepend } from './characters.ts'
export { createNormalizer } from './create.ts'
export type { Normalizer } from './normalizer.ts'
export { hasLongMarks } from './unicode-form.ts'
