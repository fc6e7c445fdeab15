import type { AlignedText } from '../aligned-text.ts'

/** Cuts a text into the pieces that the model sees one by one; empty pieces are left out. It may change them on the way. */
export type PreTokenizer = (source: AlignedText) => AlignedText[]
