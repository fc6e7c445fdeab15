import { alignText } from '../aligned-text.ts'
import type { Normalizer } from '../normalizer/index.ts'
import type { AddedToken } from '../tokenizer-json/index.ts'
import type { Vocabulary } from '../vocabulary.ts'

/** An added token with its id. */
export interface AddedEntry {
  readonly token: AddedToken
  readonly id: number
  /** What is searched for: the content, normalized where the token says so. */
  readonly pattern: string
}

/** The added tokens of a tokenizer. */
export interface AddedVocabulary {
  readonly byId: ReadonlyMap<number, AddedEntry>
  readonly byContent: ReadonlyMap<string, number>
  readonly specialContents: ReadonlySet<string>
}

/**
 * Gives added tokens their ids as the `tokenizers` crate does: those of the model where it has them, else the next free ones in the
 * order of the list, whatever the file says.
 */
export function buildAddedVocabulary(
  tokens: readonly AddedToken[],
  model: Vocabulary,
  normalizer: Normalizer | undefined,
): AddedVocabulary {
  const byId = new Map<number, AddedEntry>()
  const byContent = new Map<string, number>()
  const specialContents = new Set<string>()
  let nextId = model.size
  for (const token of tokens) {
    const { content } = token
    if (content === '') continue
    const id = byContent.get(content) ?? model.tokenToId(content) ?? nextId++
    const pattern =
      token.normalized && normalizer !== undefined ? normalizer(alignText(content)).text : content
    byContent.set(content, id)
    byId.set(id, { token, id, pattern })
    if (token.special) specialContents.add(content)
  }
  return { byId, byContent, specialContents }
}
