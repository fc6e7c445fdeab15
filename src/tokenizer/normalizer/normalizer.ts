import type { AlignedText } from '../aligned-text.ts'

/** Changes a text and keeps track of where each of its characters came from. */
export type Normalizer = (source: AlignedText) => AlignedText
